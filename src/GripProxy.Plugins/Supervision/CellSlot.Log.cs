using GripProxy.Plugins.Engine;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

internal sealed partial class CellSlot
{
    private static partial class Log
    {
        [LoggerMessage(7100, LogLevel.Debug, "plugins of {Tenant}: cell {Pid} started", EventName = "CellStarted")]
        public static partial void CellStarted(ILogger logger, string tenant, int pid);

        [LoggerMessage(7101, LogLevel.Debug, "plugins of {Tenant}: cell {Pid} stopped", EventName = "CellStopped")]
        public static partial void CellStopped(ILogger logger, string tenant, int pid);

        [LoggerMessage(7102, LogLevel.Warning, "plugins of {Tenant}: cell {Pid} ended ({Reason}): {Detail}", EventName = "CellEnded")]
        public static partial void CellEnded(ILogger logger, string tenant, int pid, WorkerEnd reason, string detail);
    }
}
