using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Post.Schedules;

internal sealed partial class Scheduler
{
    private static partial class Log
    {
        [LoggerMessage(7422, LogLevel.Warning, "plugin {Install} of {Tenant}: schedule.{Task} is ignored: {Problem}", EventName = "ScheduleIgnored")]
        public static partial void BadCron(ILogger logger, string tenant, string install, string task, string problem);

        [LoggerMessage(7424, LogLevel.Warning, "plugins of {Tenant}: their schedules are not known yet: {Reason}", EventName = "ScheduleNotLoaded")]
        public static partial void NotLoaded(ILogger logger, string tenant, string reason);
    }
}
