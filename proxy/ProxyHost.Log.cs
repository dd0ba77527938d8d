using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy;

/// <content>Log messages.</content>
public sealed partial class ProxyHost
{
    private static partial class Log
    {
        [LoggerMessage(9104, LogLevel.Error, "the keys of the control port stay as they were: {Problems}", EventName = "KeysKept")]
        public static partial void KeysKept(ILogger logger, string problems);

        [LoggerMessage(9106, LogLevel.Information, "draining: {Count} held connections end within {Seconds} s", EventName = "Draining")]
        public static partial void Draining(ILogger logger, int count, double seconds);

        [LoggerMessage(9103, LogLevel.Warning, "stopping was not orderly", EventName = "StopFailed")]
        public static partial void StopFailed(ILogger logger, Exception error);
    }
}
