using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.WebSockets;

internal sealed partial class WebSocketHolder
{
    private static partial class Log
    {
        [LoggerMessage(4051, LogLevel.Debug, "connection {ConnectionId} is open: {Url} -> {Target}, GRIP {Grip}", EventName = "WebSocketOpened",
            SkipEnabledCheck = true)]
        public static partial void Opened(ILogger logger, string connectionId, string url, string? target, bool grip);

        [LoggerMessage(4052, LogLevel.Debug, "connection {ConnectionId} ended: {Reason}", EventName = "WebSocketEnded")]
        public static partial void Ended(ILogger logger, string connectionId, string reason);
    }
}
