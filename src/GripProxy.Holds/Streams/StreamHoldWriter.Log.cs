using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Streams;

internal sealed partial class StreamHoldWriter
{
    private static partial class Log
    {
        [LoggerMessage(3100, LogLevel.Error, "connection {ConnectionId}: writing failed, the connection is closed", EventName = "WriteFailed")]
        public static partial void WriteFailed(ILogger logger, string connectionId, Exception error);
    }
}
