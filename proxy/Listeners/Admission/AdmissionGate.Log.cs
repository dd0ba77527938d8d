using System.Net;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Admission;

internal sealed partial class AdmissionGate
{
    private static partial class Log
    {
        [LoggerMessage(9220, LogLevel.Debug, "connection from {Peer} refused: {Reason}", EventName = "ConnectionRefused")]
        public static partial void Refused(ILogger logger, IPAddress peer, string reason);
    }
}
