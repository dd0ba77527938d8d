using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.WebSockets;

internal sealed partial class WebSocketControls
{
    private static partial class Log
    {
        [LoggerMessage(3220, LogLevel.Debug, "connection {ConnectionId}: a control message of the origin is ignored: {Error}",
            EventName = "WebSocketControlIgnored")]
        public static partial void Ignored(ILogger logger, string connectionId, string error);
    }
}
