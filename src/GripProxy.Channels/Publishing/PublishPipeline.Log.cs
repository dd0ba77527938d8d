using Microsoft.Extensions.Logging;

namespace GripProxy.Channels.Publishing;

public sealed partial class PublishPipeline
{
    private static partial class Log
    {
        // PUB-30
        [LoggerMessage(2001, LogLevel.Debug, "publish channel={Channel} id={Id} dropped: the id was published before", EventName = "Duplicate")]
        public static partial void Duplicate(ILogger logger, string channel, string? id);
    }
}
