using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.SockJs.Sessions;

internal sealed partial class SockJsSessionOpener
{
    private static partial class Log
    {
        [LoggerMessage(4070, LogLevel.Error, "SockJS session {ConnectionId} failed in the proxy", EventName = "SockJsSessionFailed")]
        public static partial void HoldFailed(ILogger logger, string connectionId, Exception error);
    }
}
