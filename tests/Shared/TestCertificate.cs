using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GripProxy.Testing;

/// <summary>Makes certificates that nobody trusts.</summary>
public static class TestCertificate
{
    /// <summary>Writes <c>name.crt</c> and <c>name.key</c> for a host into a folder, which is made if absent.</summary>
    /// <returns>The certificate's thumbprint.</returns>
    public static string Write(string folder, string name, string host, int days = 10)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={host}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-20), now.AddDays(days));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name + ".key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, name + ".crt"), certificate.ExportCertificatePem());
        return certificate.Thumbprint;
    }
}
