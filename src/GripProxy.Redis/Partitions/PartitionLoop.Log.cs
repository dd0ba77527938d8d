using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

internal sealed partial class PartitionLoop
{
    private static partial class Log
    {
        [LoggerMessage(6004, LogLevel.Error, "cluster: a message for this node is missing in Redis {Server} ({Partition}); holds ask their origins", EventName = "InboxHole")]
        public static partial void InboxHole(ILogger logger, string server, string partition);

        [LoggerMessage(6005, LogLevel.Error, "cluster: unexpected failure", EventName = "LinkFailed")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
