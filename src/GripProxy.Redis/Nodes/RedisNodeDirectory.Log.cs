using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Nodes;

public sealed partial class RedisNodeDirectory
{
    private static partial class Log
    {
        [LoggerMessage(6030, LogLevel.Debug, "cluster: the list of nodes was not told of this one: {Reason}", EventName = "BeatFailed")]
        public static partial void BeatFailed(ILogger logger, string reason);

        [LoggerMessage(6031, LogLevel.Warning, "cluster: what stands in the list of nodes is no node: {Reason}", EventName = "BadRecord")]
        public static partial void BadRecord(ILogger logger, string reason);
    }
}
