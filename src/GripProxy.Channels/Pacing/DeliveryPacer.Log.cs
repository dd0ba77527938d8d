using Microsoft.Extensions.Logging;

namespace GripProxy.Channels.Pacing;

internal sealed partial class DeliveryPacer
{
    private static partial class Log
    {
        // PUB-32
        [LoggerMessage(2020, LogLevel.Warning, "exceeded publish hwm ({Hwm}), dropping message", EventName = "HwmExceeded")]
        public static partial void HwmExceeded(ILogger logger, int hwm);

        [LoggerMessage(2021, LogLevel.Warning, "exceeded publish hwm ({Hwm}) for route {Route}, dropping message", EventName = "RouteHwmExceeded")]
        public static partial void RouteHwmExceeded(ILogger logger, int hwm, string route);
    }
}
