using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

internal sealed partial class OverHttpDialer
{
    private static partial class Log
    {
        [LoggerMessage(4063, LogLevel.Information, "connection {ConnectionId} over HTTP to {Target} was not opened: {Failure} {Detail}", EventName = "OverHttpNotOpened")]
        public static partial void NotOpened(ILogger logger, string connectionId, string target, OverHttpFailure failure, string detail);
    }
}
