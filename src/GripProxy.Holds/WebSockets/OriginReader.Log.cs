using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.WebSockets;

internal sealed partial class OriginReader
{
    private static partial class Log
    {
        [LoggerMessage(3230, LogLevel.Information, "connection {ConnectionId}: the origin's connection broke, the client is cut",
            EventName = "WebSocketOriginLost")]
        public static partial void OriginLost(ILogger logger, string connectionId);

        [LoggerMessage(3231, LogLevel.Warning, "connection {ConnectionId}: the origin broke the protocol ({Code} {Reason}), the client is cut",
            EventName = "WebSocketOriginViolation")]
        public static partial void OriginViolation(ILogger logger, string connectionId, int code, string reason);
    }
}
