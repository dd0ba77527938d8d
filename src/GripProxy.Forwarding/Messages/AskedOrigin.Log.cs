using GripProxy.Forwarding.WebSockets.OverHttp;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.Messages;

internal sealed partial class AskedOrigin
{
    private static partial class Log
    {
        [LoggerMessage(4400, LogLevel.Warning, "connection {ConnectionId}: {Target} did not answer a question about the client: {Failure} {Detail}",
            EventName = "MessageOriginNotAnswered")]
        public static partial void NotAnswered(ILogger logger, string connectionId, string target, OverHttpFailure failure, string detail);

        [LoggerMessage(4401, LogLevel.Error, "connection {ConnectionId}: the question to the origin failed", EventName = "MessageOriginFailed")]
        public static partial void Failed(ILogger logger, string connectionId, Exception error);
    }
}
