using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Queue.Sqlite;

internal sealed partial class SqliteEventQueue
{
    private static partial class Log
    {
        [LoggerMessage(7000, LogLevel.Error, "the event queue cannot be written: {Reason}", EventName = "QueueCommitFailed")]
        public static partial void CommitFailed(ILogger logger, string reason);
    }
}
