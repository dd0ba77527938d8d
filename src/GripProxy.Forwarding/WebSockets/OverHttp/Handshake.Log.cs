using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

internal sealed partial class Handshake
{
    private static partial class Log
    {
        [LoggerMessage(4064, LogLevel.Error, "connection {ConnectionId} over HTTP failed in the proxy while it was opened", EventName = "OverHttpOpeningFailed")]
        public static partial void Failed(ILogger logger, string connectionId, Exception exception);
    }
}
