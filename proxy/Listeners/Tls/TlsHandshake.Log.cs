using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Tls;

internal sealed partial class TlsHandshake
{
    private static partial class Log
    {
        [LoggerMessage(9213, LogLevel.Information, "tls: no certificate for '{Name}' on port {Port}", EventName = "NoCertificate")]
        public static partial void NoCertificate(ILogger logger, string name, int port);
    }
}
