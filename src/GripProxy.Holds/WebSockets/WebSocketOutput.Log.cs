using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.WebSockets;

internal sealed partial class WebSocketOutput
{
    private static partial class Log
    {
        [LoggerMessage(3200, LogLevel.Error, "connection {ConnectionId}: writing failed, the connection is cut", EventName = "WebSocketWriteFailed")]
        public static partial void WriteFailed(ILogger logger, string connectionId, Exception error);
    }
}
