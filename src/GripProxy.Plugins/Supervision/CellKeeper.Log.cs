using GripProxy.Plugins.Engine;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

internal sealed partial class CellKeeper
{
    private static partial class Log
    {
        [LoggerMessage(7100, LogLevel.Debug, "plugins of {Tenant}: cell {Pid} started", EventName = "CellStarted")]
        public static partial void CellStarted(ILogger logger, string tenant, int pid);

        [LoggerMessage(7101, LogLevel.Debug, "plugins of {Tenant}: cell {Pid} stopped", EventName = "CellStopped")]
        public static partial void CellStopped(ILogger logger, string tenant, int pid);

        [LoggerMessage(7102, LogLevel.Warning, "plugins of {Tenant}: cell {Pid} ended ({Reason}): {Detail}", EventName = "CellEnded")]
        public static partial void CellEnded(ILogger logger, string tenant, int pid, WorkerEnd reason, string detail);

        [LoggerMessage(7106, LogLevel.Error, "plugin {Install} of {Tenant} is switched off after several faults: {Reason}", EventName = "PluginTripped")]
        public static partial void Tripped(ILogger logger, string tenant, string install, string reason);
    }
}
