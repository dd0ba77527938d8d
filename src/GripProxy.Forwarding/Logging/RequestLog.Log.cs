using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.Logging;

internal sealed partial class RequestLog
{
    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Information, "{Line}", EventName = "Request", SkipEnabledCheck = true)]
        public static partial void Request(ILogger logger, string line);
    }
}
