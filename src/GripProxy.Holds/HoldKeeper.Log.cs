using Microsoft.Extensions.Logging;

namespace GripProxy.Holds;

public sealed partial class HoldKeeper
{
    private static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Debug, "gone link {Uri}: status {Status}", EventName = "GoneReported")]
        public static partial void GoneReported(ILogger logger, Uri uri, int status);

        [LoggerMessage(3011, LogLevel.Warning, "gone link {Link}: the request failed", EventName = "GoneFailed")]
        public static partial void GoneFailed(ILogger logger, Uri link, Exception error);
    }
}
