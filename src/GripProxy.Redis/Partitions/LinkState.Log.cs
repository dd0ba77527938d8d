using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

internal sealed partial class LinkState
{
    private static partial class Log
    {
        [LoggerMessage(6014, LogLevel.Error, "cluster: Redis has something else under a key of channel={Channel}; its items reach the clients of this node only; delete the key, or set another [cluster] prefix", EventName = "ForeignChannel")]
        public static partial void ForeignChannel(ILogger logger, string channel);
    }
}
