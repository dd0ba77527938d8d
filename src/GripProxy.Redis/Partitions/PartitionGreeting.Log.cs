using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

internal sealed partial class PartitionGreeting
{
    private static partial class Log
    {
        [LoggerMessage(6002, LogLevel.Warning, "cluster: Redis {Server} has lost data, or this node was cut off for longer than the retention; holds ask their origins", EventName = "Lost")]
        public static partial void Lost(ILogger logger, string server);

        [LoggerMessage(6003, LogLevel.Warning, "cluster: Redis {Server} ({Partition}) has forgotten items that this node does not have any more; the holds of all nodes ask their origins", EventName = "Rebirth")]
        public static partial void Rebirth(ILogger logger, string server, string partition);

        [LoggerMessage(6009, LogLevel.Debug, "cluster: {Partition} has lost data too", EventName = "PartitionLost")]
        public static partial void PartitionLost(ILogger logger, string partition);
    }
}
