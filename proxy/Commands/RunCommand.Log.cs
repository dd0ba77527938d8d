using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

internal sealed partial class RunCommand
{
    private static partial class Log
    {
        [LoggerMessage(9000, LogLevel.Information, "using config: {Path}", EventName = "UsingConfig")]
        public static partial void UsingConfig(ILogger logger, string path);

        [LoggerMessage(9001, LogLevel.Error, "{Text}", EventName = "StartFailed")]
        public static partial void Failed(ILogger logger, string text);

        [LoggerMessage(9022, LogLevel.Warning, "changes of {File} are not noticed: {Reason}; reload by SIGHUP", EventName = "ConfigurationNotWatched")]
        public static partial void NotWatched(ILogger logger, string file, string reason);

        [LoggerMessage(9005, LogLevel.Information, "started", EventName = "Started")]
        public static partial void Started(ILogger logger);

        [LoggerMessage(9006, LogLevel.Information, "stopping...", EventName = "Stopping")]
        public static partial void Stopping(ILogger logger);

        [LoggerMessage(9007, LogLevel.Information, "reloading", EventName = "Reloading")]
        public static partial void Reloading(ILogger logger);

        [LoggerMessage(9009, LogLevel.Error, "unexpected error, please report it", EventName = "Crashed")]
        public static partial void Crashed(ILogger logger, Exception error);

        [LoggerMessage(9010, LogLevel.Error, "a task failed that nobody waited for, please report it", EventName = "TaskFailed")]
        public static partial void TaskFailed(ILogger logger, Exception error);
    }
}
