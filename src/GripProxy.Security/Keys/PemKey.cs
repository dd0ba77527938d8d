using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace GripProxy.Security.Keys;

/// <summary>Reads a private or public key in PEM, tried as EC, then as RSA (HTTP-03).</summary>
internal static class PemKey
{
    private const string P256 = "1.2.840.10045.3.1.7";
    /// <summary>RFC 7518 §3.3.</summary>
    internal const int LeastRsaBits = 2048;


    /// <summary>True if the text begins as PEM does.</summary>
    internal static bool IsPem(ReadOnlySpan<char> text) => text.StartsWith("-----BEGIN", StringComparison.Ordinal);

    /// <summary>Reads one key; <paramref name="source"/> names where it stood in the error.</summary>
    internal static bool TryRead(ReadOnlySpan<char> pem, string source, [NotNullWhen(true)] out GripKey? key, out string error)
    {
        key = null;
        if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            error = $"{source} is encrypted PEM; expected a key without a passphrase";
            return false;
        }

        if (TryImport(ECDsa.Create(), pem, out var ecdsa))
            return TryUse(ecdsa, source, out key, out error);
        if (!TryImport(RSA.Create(), pem, out var rsa))
        {
            error = $"{source} is PEM, but holds no EC or RSA key that can be read (one private or public key is expected)";
            return false;
        }

        using (rsa)
            return TryUse(rsa, source, out key, out error);
    }

    /// <summary>True if a curve is P-256; platforms name it by number or by name.</summary>
    private static bool IsP256(ECCurve curve) =>
        curve.IsNamed && (curve.Oid.Value == P256 || curve.Oid.FriendlyName is "nistP256" or "ECDSA_P256");

    private static bool TryImport<T>(T algorithm, ReadOnlySpan<char> pem, [NotNullWhen(true)] out T? imported)
        where T : AsymmetricAlgorithm
    {
        try
        {
            algorithm.ImportFromPem(pem);
            imported = algorithm;
            return true;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            algorithm.Dispose();
            imported = null;
            return false;
        }
    }

    private static bool TryUse(ECDsa ecdsa, string source, [NotNullWhen(true)] out GripKey? key, out string error)
    {
        var usable = IsP256(ecdsa.ExportParameters(includePrivateParameters: false).Curve);
        key = usable ? GripKey.FromEcdsa(ecdsa, IsPrivate(ecdsa)) : null;
        error = usable ? "" : $"{source} is an EC key on another curve than P-256, which ES256 needs";
        return usable;
    }

    private static bool TryUse(RSA rsa, string source, [NotNullWhen(true)] out GripKey? key, out string error)
    {
        var usable = rsa.KeySize >= LeastRsaBits;
        key = usable ? GripKey.FromRsa(rsa.ExportParameters(IsPrivate(rsa))) : null;
        error = usable ? "" : $"{source} is an RSA key of {rsa.KeySize} bits; RS256 needs at least {LeastRsaBits}";
        return usable;
    }

    private static bool IsPrivate(AsymmetricAlgorithm algorithm)
    {
        try
        {
            CryptographicOperations.ZeroMemory(algorithm.ExportPkcs8PrivateKey());
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
