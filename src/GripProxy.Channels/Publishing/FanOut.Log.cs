using Microsoft.Extensions.Logging;

namespace GripProxy.Channels.Publishing;

internal sealed partial class FanOut
{
    private static partial class Log
    {
        // PUB-34
        [LoggerMessage(2000, LogLevel.Information, "publish channel={Channel} receivers={Receivers}", EventName = "Published")]
        public static partial void Published(ILogger logger, string channel, int receivers);

        // Each second while somebody looks: it would fill the log that he looks at.
        [LoggerMessage(2003, LogLevel.Debug, "publish channel={Channel} receivers={Receivers}", EventName = "PublishedLive")]
        public static partial void PublishedLive(ILogger logger, string channel, int receivers);

        [LoggerMessage(2002, LogLevel.Information, "publish channel={Channel} receivers={Receivers} filtered={Filtered}", EventName = "PublishedFiltered")]
        public static partial void PublishedFiltered(ILogger logger, string channel, int receivers, int filtered);
    }
}
