using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding;

public sealed partial class RequestForwarder
{
    private static partial class Log
    {
        [LoggerMessage(4000, LogLevel.Error, "request {ConnectionId} failed in the proxy", EventName = "RequestFailed")]
        public static partial void Failed(ILogger logger, string connectionId, Exception exception);
    }
}
