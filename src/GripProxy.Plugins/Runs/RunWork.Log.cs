using GripProxy.Plugins.Engine;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Runs;

internal sealed partial class RunWork
{
    private static partial class Log
    {
        [LoggerMessage(7820, LogLevel.Information, "plugins of {Tenant}: run {Id} of {Name} is {State}", EventName = "RunEnded")]
        public static partial void Ended(ILogger logger, string tenant, long id, string name, string state);

        [LoggerMessage(7821, LogLevel.Warning, "plugins of {Tenant}: the cell ended under run {Id} of {Name} ({Reason})", EventName = "RunCellEnded")]
        public static partial void CellEnded(ILogger logger, string tenant, long id, string name, WorkerEnd reason);

        [LoggerMessage(7822, LogLevel.Error, "plugins of {Tenant}: what became of run {Id} was not stored: {Reason}", EventName = "RunNotStored")]
        public static partial void NotStored(ILogger logger, string tenant, long id, string reason);

        [LoggerMessage(7823, LogLevel.Error, "plugins of {Tenant}: run {Id} could not be carried out; it is tried again", EventName = "RunNotCarriedOut")]
        public static partial void Failed(ILogger logger, Exception exception, string tenant, long id);
    }
}
