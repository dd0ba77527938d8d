using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Filters;

internal sealed partial class MessageFilters
{
    private static partial class Log
    {
        // One line for each connection and item would drown the rest at a higher level.
        [LoggerMessage(3070, LogLevel.Debug, "{ConnectionId} {Url}: an item is not delivered, filter error: {Error}", EventName = "FilterFailed")]
        public static partial void FilterFailed(ILogger logger, string connectionId, string url, string error);
    }
}
