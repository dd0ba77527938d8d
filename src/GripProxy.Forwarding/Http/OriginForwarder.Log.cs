using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace GripProxy.Forwarding.Http;

internal sealed partial class OriginForwarder
{
    private static partial class Log
    {
        [LoggerMessage(4030, LogLevel.Debug, "origin {Targets} failed: {Error} {Reason}", EventName = "OriginFailed")]
        public static partial void OriginFailed(ILogger logger, string targets, ForwarderError error, string reason);
    }
}
