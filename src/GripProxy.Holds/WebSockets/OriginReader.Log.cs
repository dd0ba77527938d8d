using GripProxy.Protocol.WebSockets;
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

        [LoggerMessage(3240, LogLevel.Information,
            "connection {ConnectionId}: what looks like a control message of the origin goes to the client: GRIP is not enabled, the origin's answer "
            + "to the handshake had no Sec-WebSocket-Extensions: grip",
            EventName = "WebSocketGripNotEnabled")]
        public static partial void NoGrip(ILogger logger, string connectionId);

        [LoggerMessage(3241, LogLevel.Debug,
            "connection {ConnectionId}: a message of the origin ({Kind}) is dropped: it begins neither with c: nor with the prefix of messages for the "
            + "client (m: if its Sec-WebSocket-Extensions names no other)",
            EventName = "WebSocketMessageWithoutPrefix")]
        public static partial void Dropped(ILogger logger, string connectionId, WebSocketPartKind kind);
    }
}
