using GripProxy.Protocol.Routes;

namespace GripProxy.Forwarding.Http;

/// <summary>What makes two targets need different HTTP clients. Immutable.</summary>
/// <param name="Insecure">RTE-31.</param>
/// <param name="TrustConnectHost">RTE-33.</param>
/// <param name="Untrusted">RTE-34.</param>
/// <param name="Certificate">RTE-38, or null.</param>
/// <param name="CertificateKey">RTE-38, or null.</param>
/// <param name="CertificateVersion">Changes when one of the two files does.</param>
internal readonly record struct OriginClientKey(
    bool Insecure, bool TrustConnectHost, bool Untrusted, string? Certificate, string? CertificateKey, long CertificateVersion)
{
    /// <summary>The key of a target. TLS settings do not matter without TLS.</summary>
    public static OriginClientKey Of(TargetConfig target) => target.Ssl
        ? new(
            target.Insecure,
            target.TrustConnectHost,
            target.Untrusted,
            target.ClientCertificate,
            target.ClientKey,
            Changed(target.ClientCertificate) ^ Changed(target.ClientKey))
        : default(OriginClientKey) with { Untrusted = target.Untrusted };

    private static long Changed(string? file) => file is null ? 0 : File.GetLastWriteTimeUtc(file).Ticks;
}
