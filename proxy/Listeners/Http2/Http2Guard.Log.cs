using System.Net;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Http2;

internal sealed partial class Http2Guard
{
    private static partial class Log
    {
        [LoggerMessage(9222, LogLevel.Debug, "HTTP/2 connection from {Peer} ended: more than [limits] {Reason} in a second", EventName = "Http2Flood")]
        public static partial void Flooded(ILogger logger, EndPoint? peer, string reason);
    }
}
