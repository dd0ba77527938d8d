using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Runs;

internal sealed partial class TenantRuns
{
    private static partial class Log
    {
        [LoggerMessage(7824, LogLevel.Warning, "plugins of {Tenant}: run {Id} of {Name} is not this node's any more, because its lease was not renewed; another one begins it again", EventName = "RunLost")]
        public static partial void Lost(ILogger logger, string tenant, long id, string name);

        [LoggerMessage(7825, LogLevel.Debug, "plugins of {Tenant}: the runs that wait cannot be seen: {Reason}", EventName = "RunsNotSeen")]
        public static partial void NotSeen(ILogger logger, string tenant, string reason);

        [LoggerMessage(7826, LogLevel.Error, "plugins of {Tenant}: the runs that wait could not be begun", EventName = "RunsNotBegun")]
        public static partial void NotLooked(ILogger logger, Exception exception, string tenant);
    }
}
