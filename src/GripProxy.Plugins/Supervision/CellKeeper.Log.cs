using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

internal sealed partial class CellKeeper
{
    private static partial class Log
    {
        [LoggerMessage(7106, LogLevel.Error, "plugin {Install} of {Tenant} is switched off after several faults: {Reason}", EventName = "PluginTripped")]
        public static partial void Tripped(ILogger logger, string tenant, string install, string reason);
    }
}
