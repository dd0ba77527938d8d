using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Commands;

internal sealed partial class DemoCommand
{
    private static partial class Log
    {
        [LoggerMessage(9200, LogLevel.Error, "{Text}", EventName = "DemoFailed")]
        public static partial void Failed(ILogger logger, string text);

        [LoggerMessage(9201, LogLevel.Information, "stopping...", EventName = "DemoStopping")]
        public static partial void Stopping(ILogger logger);
    }
}
