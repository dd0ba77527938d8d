using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.Http;

internal sealed partial class RouteModels
{
    private static partial class Log
    {
        [LoggerMessage(4010, LogLevel.Error, "{Origin}: key cannot sign, requests go out without Grip-Sig: {Reason}", EventName = "UnusableKey")]
        public static partial void UnusableKey(ILogger logger, string origin, string reason);
    }
}
