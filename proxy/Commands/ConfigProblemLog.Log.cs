using GripProxy.Protocol.Configuration;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

internal static partial class ConfigProblemLog
{
    private static partial class Log
    {
        [LoggerMessage(9002, LogLevel.Error, "{Problem}", EventName = "ConfigError")]
        public static partial void ConfigError(ILogger logger, ConfigProblem problem);

        [LoggerMessage(9003, LogLevel.Warning, "{Problem}", EventName = "ConfigWarning")]
        public static partial void ConfigWarning(ILogger logger, ConfigProblem problem);

        [LoggerMessage(9004, LogLevel.Debug, "{Problem}", EventName = "ConfigNote")]
        public static partial void ConfigNote(ILogger logger, ConfigProblem problem);
    }
}
