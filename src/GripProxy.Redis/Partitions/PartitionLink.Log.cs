using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

internal sealed partial class PartitionLink
{
    private static partial class Log
    {
        [LoggerMessage(6006, LogLevel.Debug, "cluster: Redis {Server} was not told of the end: {Reason}", EventName = "ByeFailed")]
        public static partial void ByeFailed(ILogger logger, string server, string reason);
    }
}
