using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

internal sealed partial class PartitionLink
{
    private static partial class Log
    {
        [LoggerMessage(6000, LogLevel.Warning, "cluster: Redis {Server}: {Reason}; clients of this node are served on", EventName = "Away")]
        public static partial void Away(ILogger logger, string server, string reason);

        [LoggerMessage(6001, LogLevel.Information, "cluster: Redis {Server} answers", EventName = "Back")]
        public static partial void Back(ILogger logger, string server);

        [LoggerMessage(6002, LogLevel.Warning, "cluster: Redis {Server} has lost data, or this node was cut off for longer than the retention; holds ask their origins", EventName = "Lost")]
        public static partial void Lost(ILogger logger, string server);

        [LoggerMessage(6003, LogLevel.Warning, "cluster: Redis {Server} ({Partition}) has forgotten items that this node does not have any more; the holds of all nodes ask their origins", EventName = "Rebirth")]
        public static partial void Rebirth(ILogger logger, string server, string partition);

        [LoggerMessage(6004, LogLevel.Error, "cluster: a message for this node is missing in Redis {Server} ({Partition}); holds ask their origins", EventName = "InboxHole")]
        public static partial void InboxHole(ILogger logger, string server, string partition);

        [LoggerMessage(6005, LogLevel.Error, "cluster: unexpected failure", EventName = "LinkFailed")]
        public static partial void Failed(ILogger logger, Exception error);

        [LoggerMessage(6006, LogLevel.Debug, "cluster: Redis {Server} was not told of the end: {Reason}", EventName = "ByeFailed")]
        public static partial void ByeFailed(ILogger logger, string server, string reason);

        [LoggerMessage(6007, LogLevel.Debug, "cluster: {Partition} does not answer either: {Reason}", EventName = "PartitionAway")]
        public static partial void PartitionAway(ILogger logger, string partition, string reason);

        [LoggerMessage(6008, LogLevel.Debug, "cluster: {Partition} answers", EventName = "PartitionBack")]
        public static partial void PartitionBack(ILogger logger, string partition);

        [LoggerMessage(6009, LogLevel.Debug, "cluster: {Partition} has lost data too", EventName = "PartitionLost")]
        public static partial void PartitionLost(ILogger logger, string partition);
    }
}
