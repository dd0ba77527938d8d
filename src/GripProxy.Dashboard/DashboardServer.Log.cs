using System.Net;
using Microsoft.Extensions.Logging;

namespace GripProxy.Dashboard;

public sealed partial class DashboardServer
{
    private static partial class Log
    {
        [LoggerMessage(11000, LogLevel.Information, "dashboard request from {Peer} refused: {Code}, {Detail}", EventName = "DashboardRefused")]
        public static partial void Refused(ILogger logger, IPAddress? peer, string code, string detail);

        [LoggerMessage(11001, LogLevel.Error, "request on dashboard connection {ConnectionId} failed", EventName = "DashboardFailed")]
        public static partial void Failed(ILogger logger, string connectionId, Exception error);

        [LoggerMessage(11002, LogLevel.Warning, "the dashboard has no page: npm was missing when gripproxy was built", EventName = "DashboardWithoutPage")]
        public static partial void NoPage(ILogger logger);
    }
}
