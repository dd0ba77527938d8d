using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Sockets;

internal sealed partial class FileShortage
{
    private static partial class Log
    {
        [LoggerMessage(
            9225,
            LogLevel.Error,
            "cannot accept connections: {Problem}; they wait until others end. Raise the limit of open files of this process",
            EventName = "CannotAccept")]
        public static partial void CannotAccept(ILogger logger, string problem);
    }
}
