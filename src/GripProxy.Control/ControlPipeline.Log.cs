using System.Net;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control;

public sealed partial class ControlPipeline
{
    private static partial class Log
    {
        [LoggerMessage(5000, LogLevel.Information, "control request from {Peer} refused: {Code}, {Detail}", EventName = "AccessRefused")]
        public static partial void AccessRefused(ILogger logger, string code, IPAddress? peer, string detail);

        [LoggerMessage(5001, LogLevel.Debug, "control request from {Peer} refused: {Code}, {Detail}", EventName = "Refused")]
        public static partial void Refused(ILogger logger, string code, IPAddress? peer, string detail);

        [LoggerMessage(5002, LogLevel.Debug, "client of control connection {ConnectionId} is gone", EventName = "ClientGone")]
        public static partial void ClientGone(ILogger logger, string connectionId, Exception error);

        [LoggerMessage(5003, LogLevel.Error, "request on control connection {ConnectionId} failed", EventName = "Failed")]
        public static partial void Failed(ILogger logger, string connectionId, Exception error);
    }
}
