using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.HandOver;

internal sealed partial class DirectConnections
{
    private static partial class Log
    {
        [LoggerMessage(9226, LogLevel.Error, "connection {ConnectionId} failed", EventName = "ConnectionFailed")]
        public static partial void ConnectionFailed(ILogger logger, string connectionId, Exception exception);
    }
}
