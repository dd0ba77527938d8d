namespace GripProxy.OriginSample;

internal sealed partial class Announcer
{
    private static partial class Log
    {
        [LoggerMessage(8001, LogLevel.Warning, "{Problem}", EventName = "NotPublished")]
        public static partial void NotPublished(ILogger logger, string problem);

        [LoggerMessage(8002, LogLevel.Information, "All GRIP proxies accept items again", EventName = "PublishedAgain")]
        public static partial void PublishedAgain(ILogger logger);
    }
}
