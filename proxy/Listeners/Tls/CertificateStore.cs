using System.Collections.Concurrent;
using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Tls;

/// <summary>The certificates of a folder, by name and port (CFG-20). Thread-safe.</summary>
internal sealed class CertificateStore(string folder, TimeProvider time, ILogger<CertificatePair> logger)
{
    // By name of the file, which exists: what clients name does not make it grow.
    private readonly ConcurrentDictionary<string, CertificatePair> _pairs = new(StringComparer.Ordinal);

    /// <summary>The certificate to show to a client, or null: there is none.</summary>
    /// <param name="requested">What the client named (SNI); empty if it named nothing.</param>
    /// <param name="port">The listener's port.</param>
    public SslStreamCertificateContext? Find(string requested, int port)
    {
        foreach (var name in CertificateName.Candidates(requested, port))
        {
            if (!File.Exists(Path.Combine(folder, name + ".crt")))
                _pairs.TryRemove(name, out _);
            else if (_pairs.GetOrAdd(name, NewPair).Current() is { } certificate)
                return certificate;
        }

        return null;
    }

    private CertificatePair NewPair(string name) => new(folder, name, time, logger);
}
