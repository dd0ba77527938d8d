using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Zmtp.Doors;

internal sealed partial class PublishDoor
{
    private static partial class Log
    {
        [LoggerMessage(5110, LogLevel.Warning, "IN {Door}: received message with parts != {Parts}, skipping", EventName = "WrongParts")]
        public static partial void WrongParts(ILogger logger, string door, int parts);

        [LoggerMessage(5111, LogLevel.Warning, "IN {Door}: received message with invalid format ({Problem}), skipping", EventName = "NotDecoded")]
        public static partial void NotDecoded(ILogger logger, string door, string problem);

        [LoggerMessage(5112, LogLevel.Warning, "IN {Door}: received message with invalid format: {Problem}, skipping", EventName = "BadItem")]
        public static partial void BadItem(ILogger logger, string door, string? problem);
    }
}
