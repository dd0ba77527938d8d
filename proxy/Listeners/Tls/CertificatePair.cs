using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Tls;

/// <summary>
/// One pair of files and what was loaded from it last. Readers see one reference; loading is guarded by the lock.
/// </summary>
internal sealed partial class CertificatePair(string folder, string name, TimeProvider time, ILogger logger)
{
    // A file written twice within one tick of its file system's clock has one stamp for two contents. The coarsest clocks tick every two seconds.
    private static readonly TimeSpan ClockTick = TimeSpan.FromSeconds(2);

    private readonly string _certificate = Path.Combine(folder, name + ".crt");
    private readonly string _key = Path.Combine(folder, name + ".key");
    private readonly Lock _gate = new();
    private volatile Loaded? _loaded;

    /// <summary>
    /// The certificate as the files have it now. If they are broken, the one before, and a warning once for each content of the files.
    /// </summary>
    /// <returns>Null if nothing usable was ever there.</returns>
    public SslStreamCertificateContext? Current()
    {
        // Taken before reading, so that a change during the reading is noticed at the next handshake.
        var stamp = PairStamp.Of(_certificate, _key);
        return _loaded is { IsSettled: true } loaded && loaded.Stamp == stamp ? loaded.Context : Load(stamp);
    }

    private SslStreamCertificateContext? Load(PairStamp stamp)
    {
        lock (_gate)
        {
            var before = _loaded;
            if (before is { IsSettled: true } && before.Stamp == stamp)
                return before.Context;

            var text = PemText.Read(_certificate, _key);
            var digest = text.Digest();
            // The one before is left to the collector: handshakes may still be using it.
            var context = before?.Digest == digest ? before.Context : TryLoad(text, before?.Context) ?? before?.Context;
            _loaded = new Loaded(stamp, stamp.IsOlderThan(time.GetUtcNow() - ClockTick), digest, context);
            return context;
        }
    }

    private SslStreamCertificateContext? TryLoad(PemText text, SslStreamCertificateContext? before)
    {
        if (PemPair.TryParse(text, out var error) is { } chain)
        {
            if (before is not null)
                Log.Renewed(logger, name);
            // Offline: nothing is fetched, neither issuers nor their word on revocation.
            return SslStreamCertificateContext.Create(chain[0], chain, offline: true);
        }

        if (before is not null)
            Log.Kept(logger, name, error);
        else
            Log.Unusable(logger, name, error);
        return null;
    }

    private sealed record Loaded(PairStamp Stamp, bool IsSettled, string Digest, SslStreamCertificateContext? Context);
}
