using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.WebSockets.Native;

internal sealed partial class NativeDialer
{
    private static partial class Log
    {
        [LoggerMessage(4040, LogLevel.Debug, "WebSocket {ConnectionId}: origin {Target} failed: {Reason}", EventName = "WebSocketOriginFailed")]
        public static partial void Failed(ILogger logger, string connectionId, string target, string reason);
    }
}
