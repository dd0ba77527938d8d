using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Redis.Queue;

internal sealed partial class RedisWorkStore
{
    private static partial class Log
    {
        [LoggerMessage(7920, LogLevel.Warning, "what waits for plugins cannot be written: {Reason}", EventName = "WorkNotStored")]
        public static partial void NotStored(ILogger logger, string reason);

        [LoggerMessage(7921, LogLevel.Debug, "what waits for plugins cannot be seen: {Reason}", EventName = "WorkNotSeen")]
        public static partial void NotSeen(ILogger logger, string reason);

        [LoggerMessage(7922, LogLevel.Error, "who works on what waits for plugins could not be woken", EventName = "WorkNotWoken")]
        public static partial void NotWoken(ILogger logger, Exception exception);
    }
}
