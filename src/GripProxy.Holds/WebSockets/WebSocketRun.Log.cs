using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.WebSockets;

internal sealed partial class WebSocketRun
{
    private static partial class Log
    {
        [LoggerMessage(3232, LogLevel.Debug, "connection {ConnectionId}: the client broke the protocol ({Code} {Reason}) and is closed",
            EventName = "WebSocketClientViolation")]
        public static partial void ClientViolation(ILogger logger, string connectionId, int code, string reason);

        [LoggerMessage(3233, LogLevel.Debug, "connection {ConnectionId}: the closing handshake was not finished in time", EventName = "WebSocketCloseUnfinished")]
        public static partial void CloseUnfinished(ILogger logger, string connectionId);

        [LoggerMessage(3234, LogLevel.Error, "connection {ConnectionId}: the WebSocket failed and is cut", EventName = "WebSocketFailed")]
        public static partial void Failed(ILogger logger, string connectionId, Exception error);
    }
}
