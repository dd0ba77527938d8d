using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Listeners.Tls;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// What is wrong with the certificates (CFG-20). A running proxy reads one when a client asks for it, and only then notices; who asks for a
/// check wants to know before. Stateless.
/// </summary>
internal static class CertificatesCheck
{
    private const string CertificateExtension = ".crt";
    private const string KeyExtension = ".key";

    /// <summary>Looks at all pairs of the folder that a proxy with these options would use.</summary>
    /// <param name="options">Client listeners.</param>
    /// <param name="time">The clock.</param>
    /// <param name="others">What other listeners with TLS are configured in, for people; null: there are none.</param>
    public static IReadOnlyList<ConfigProblem> Run(ClientListenerOptions options, TimeProvider time, string? others = null)
    {
        var folder = options.CertificateFolder;
        if (!Directory.Exists(folder))
        {
            var listeners = options.TlsListen.Count > 0 ? "https_ports" : others;
            return listeners is null ? [] : [new(ConfigSeverity.Warning, folder, $"there are no certificates: every client of {listeners} will be refused")];
        }

        return
        [
            .. Directory.EnumerateFiles(folder, "*" + CertificateExtension).Order(StringComparer.Ordinal)
                .Select(certificate => CheckPair(certificate, time)).OfType<ConfigProblem>(),
            .. Directory.EnumerateFiles(folder, "*" + KeyExtension).Order(StringComparer.Ordinal)
                .Where(static key => !File.Exists(Path.ChangeExtension(key, CertificateExtension)))
                .Select(static key => new ConfigProblem(ConfigSeverity.Warning, key, "there is no certificate of that name, it is not used")),
        ];
    }

    private static ConfigProblem? CheckPair(string certificate, TimeProvider time)
    {
        var key = Path.ChangeExtension(certificate, KeyExtension);
        if (!File.Exists(key))
            return new(ConfigSeverity.Error, certificate, $"there is no {Path.GetFileName(key)} beside it");
        if (PemPair.TryParse(PemText.Read(certificate, key), out var error) is not { } chain)
            return new(ConfigSeverity.Error, certificate, $"it cannot be used with {Path.GetFileName(key)}: {error}");
        try
        {
            var end = new DateTimeOffset(chain[0].NotAfter);
            return end < time.GetUtcNow() ? new(ConfigSeverity.Warning, certificate, $"it expired on {end.UtcDateTime:yyyy-MM-dd}") : null;
        }
        finally
        {
            foreach (var each in chain)
                each.Dispose();
        }
    }
}
