using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.WebSockets;

internal sealed partial class WebSocketChannels
{
    private static partial class Log
    {
        [LoggerMessage(3210, LogLevel.Debug,
            "connection {ConnectionId}: channel '{Channel}' is one more than {Max} and ignored ([handler] connection_subscription_max)",
            EventName = "WebSocketChannelIgnored")]
        public static partial void TooMany(ILogger logger, string connectionId, string channel, int max);

        [LoggerMessage(3211, LogLevel.Debug, "connection {ConnectionId}: a meta value is ignored, there are {Max}", EventName = "WebSocketMetaIgnored")]
        public static partial void TooMuchMeta(ILogger logger, string connectionId, int max);
    }
}
