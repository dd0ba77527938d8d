using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

internal sealed partial class Reloader
{
    private static partial class Log
    {
        [LoggerMessage(9008, LogLevel.Error, "reloading failed, what was loaded before stays in use", EventName = "ReloadFailed")]
        public static partial void ReloadFailed(ILogger logger, Exception error);
    }
}
