using Microsoft.Extensions.Logging;

namespace GripProxy.Channels.Publishing;

public sealed partial class PublishPipeline
{
    private static partial class Log
    {
        // PUB-30
        [LoggerMessage(2001, LogLevel.Debug, "publish channel={Channel} id={Id} dropped: the id was published before", EventName = "Duplicate")]
        public static partial void Duplicate(ILogger logger, string channel, string? id);

        [LoggerMessage(
            2004,
            LogLevel.Warning,
            "publish channel={Channel} has a format '{Format}', which nobody gets: expected http-response, http-stream or ws-message (said once for each name)",
            EventName = "UnknownFormat")]
        public static partial void UnknownFormat(ILogger logger, string channel, string format);
    }
}
