using GripProxy.Plugins.Tenants.Setup;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins;

public sealed partial class PluginHost
{
    private static partial class Log
    {
        [LoggerMessage(7320, LogLevel.Error, "plugins are not set up anew: {Problem}", EventName = "SetupProblem")]
        public static partial void SetupProblem(ILogger logger, string problem);

        [LoggerMessage(7321, LogLevel.Information, "plugins: {Difference}", EventName = "SetupChange")]
        public static partial void SetupChange(ILogger logger, SetupDifference difference);
    }
}
