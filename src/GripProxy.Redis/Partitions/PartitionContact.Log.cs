using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

internal sealed partial class PartitionContact
{
    private static partial class Log
    {
        [LoggerMessage(6000, LogLevel.Warning, "cluster: Redis {Server}: {Reason}; clients of this node are served on", EventName = "Away")]
        public static partial void Away(ILogger logger, string server, string reason);

        [LoggerMessage(6001, LogLevel.Information, "cluster: Redis {Server} answers", EventName = "Back")]
        public static partial void Back(ILogger logger, string server);

        [LoggerMessage(6007, LogLevel.Debug, "cluster: {Partition} does not answer either: {Reason}", EventName = "PartitionAway")]
        public static partial void PartitionAway(ILogger logger, string partition, string reason);

        [LoggerMessage(6008, LogLevel.Debug, "cluster: {Partition} answers", EventName = "PartitionBack")]
        public static partial void PartitionBack(ILogger logger, string partition);
    }
}
