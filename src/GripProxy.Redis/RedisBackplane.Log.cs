using Microsoft.Extensions.Logging;

namespace GripProxy.Redis;

public sealed partial class RedisBackplane
{
    private static partial class Log
    {
        [LoggerMessage(6020, LogLevel.Debug, "cluster: Redis {Server} does not wake this node yet: {Reason}", EventName = "NotWoken")]
        public static partial void NotWoken(ILogger logger, string server, string reason);

        [LoggerMessage(6023, LogLevel.Error, "cluster: looking after the Redis failed", EventName = "WatchFailed")]
        public static partial void WatchFailed(ILogger logger, Exception exception);
    }
}
