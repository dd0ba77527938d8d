using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Response;

internal static partial class ResponseFilters
{
    private static partial class Log
    {
        [LoggerMessage(3051, LogLevel.Error, "{ConnectionId}: filtering failed", EventName = "FilteringFailed")]
        public static partial void FilteringFailed(ILogger logger, string connectionId, Exception error);
    }
}
