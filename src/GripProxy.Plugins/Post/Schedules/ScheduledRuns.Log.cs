using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Post.Schedules;

internal sealed partial class ScheduledRuns
{
    private static partial class Log
    {
        [LoggerMessage(7420, LogLevel.Warning, "plugins of {Tenant}: {Task} of plugin {Install} does not run: its last run is still going", EventName = "ScheduleSkipped")]
        public static partial void Skipped(ILogger logger, string tenant, string install, string task);

        [LoggerMessage(7421, LogLevel.Warning, "plugin {Install} of {Tenant}: {Task} threw: {Stack}", EventName = "ScheduleThrew")]
        public static partial void Threw(ILogger logger, string tenant, string install, string task, string stack);

        [LoggerMessage(7423, LogLevel.Error, "plugins of {Tenant}: {Task} of plugin {Install} was not run", EventName = "ScheduleNotRun")]
        public static partial void NotRun(ILogger logger, Exception exception, string tenant, string install, string task);
    }
}
