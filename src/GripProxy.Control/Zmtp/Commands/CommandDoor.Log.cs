using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Zmtp.Commands;

internal sealed partial class CommandDoor
{
    private static partial class Log
    {
        [LoggerMessage(5120, LogLevel.Warning, "IN command: received message with invalid format ({Problem}), skipping", EventName = "NotACommand")]
        public static partial void NotACommand(ILogger logger, string problem);

        [LoggerMessage(5122, LogLevel.Warning, "IN command: received message with invalid format ({Problem}), answering bad-request",
            EventName = "BadCommand")]
        public static partial void BadCommand(ILogger logger, string problem);

        [LoggerMessage(5121, LogLevel.Debug, "IN command: {Method}: {Result}", EventName = "Command")]
        public static partial void Command(ILogger logger, string method, string result);
    }
}
