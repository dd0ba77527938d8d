using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Tls;

internal sealed partial class CertificatePair
{
    private static partial class Log
    {
        [LoggerMessage(9210, LogLevel.Information, "certificate {Name} has changed and is in use", EventName = "CertificateRenewed")]
        public static partial void Renewed(ILogger logger, string name);

        [LoggerMessage(9211, LogLevel.Warning, "certificate {Name} has changed and cannot be used, the one before stays in use: {Reason}", EventName = "CertificateKept")]
        public static partial void Kept(ILogger logger, string name, string reason);

        [LoggerMessage(9212, LogLevel.Warning, "certificate {Name} cannot be used: {Reason}", EventName = "CertificateUnusable")]
        public static partial void Unusable(ILogger logger, string name, string reason);
    }
}
