using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.Http;

internal sealed partial class OriginClients
{
    private static partial class Log
    {
        [LoggerMessage(4020, LogLevel.Error, "client certificate {File} cannot be used, its targets are not reachable: {Reason}", EventName = "UnusableCertificate")]
        public static partial void UnusableCertificate(ILogger logger, string file, string reason);
    }
}
