using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.WebSockets.Native;

internal sealed partial class NativeDialer
{
    private static partial class Log
    {
        [LoggerMessage(4050, LogLevel.Information, "connection {ConnectionId} to {Target} was not opened: {Reason}", EventName = "WebSocketNotOpened")]
        public static partial void Failed(ILogger logger, string connectionId, string target, string reason);
    }
}
