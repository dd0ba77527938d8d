using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Messages;

internal sealed partial class MessageOutput
{
    private static partial class Log
    {
        [LoggerMessage(3300, LogLevel.Error, "connection {ConnectionId}: cannot write messages; the client is disconnected", EventName = "MessageWriteFailed")]
        public static partial void WriteFailed(ILogger logger, string connectionId, Exception error);
    }
}
