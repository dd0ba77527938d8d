using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

internal sealed partial class Reloader
{
    private static partial class Log
    {
        [LoggerMessage(9020, LogLevel.Information, "the configuration file has changed: {Parts}", EventName = "ConfigurationTaken")]
        public static partial void ChangeTaken(ILogger logger, string parts);

        [LoggerMessage(9021, LogLevel.Error, "the configuration file has changed and cannot be used: what was loaded before stays in use", EventName = "ConfigurationRefused")]
        public static partial void ChangeRefused(ILogger logger);

        [LoggerMessage(9008, LogLevel.Error, "reloading failed, what was loaded before stays in use", EventName = "ReloadFailed")]
        public static partial void ReloadFailed(ILogger logger, Exception error);
    }
}
