using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using GripProxy.Security.Keys;
using Microsoft.IdentityModel.Tokens;

namespace GripProxy.Security;

/// <summary>
/// A key that signs or verifies tokens: an HMAC secret, or an EC or RSA key (HTTP-03). The kind of key fixes the algorithm; a token's
/// header never does. Immutable; never shows its content.
/// </summary>
public sealed class GripKey
{
    // SHA-256 works on blocks of 64 bytes, and HMAC fills a shorter key up with zero bytes to one block (RFC 2104 §2). Doing that here
    // gives the same MAC and satisfies the library, which refuses HMAC keys below 32 bytes: short secrets such as "changeme" must work
    // (HTTP-03).
    private const int HmacBlock = 64;

    private readonly SignatureProvider _verifier;
    private readonly SignatureProvider? _signer;

    private GripKey(string algorithm, SecurityKey key, bool canSign)
    {
        // No shared cache of providers: a key is made once per configuration, and its providers serve all threads.
        var factory = new CryptoProviderFactory { CacheSignatureProviders = false };
        Algorithm = algorithm;
        _verifier = factory.CreateForVerifying(key, algorithm);
        _signer = canSign ? factory.CreateForSigning(key, algorithm) : null;
    }

    /// <summary><c>HS256</c>, <c>ES256</c> or <c>RS256</c>.</summary>
    public string Algorithm { get; }

    /// <summary>True for a secret or a private key; a public key only verifies.</summary>
    public bool CanSign => _signer is not null;

    /// <summary>
    /// Reads a key text: plain text, <c>base64:…</c> or <c>file:…</c> (PEM, else hex). A relative path is taken from
    /// <paramref name="directory"/>.
    /// PEM is recognised in all three forms, so that a public key never becomes an HMAC secret by accident (HTTP-03, DIF-66).
    /// </summary>
    /// <returns>True with the key, or false with what was wrong and expected. Empty text is an error: no key, no trust (DIF-80).</returns>
    public static bool TryRead(string text, string directory, [NotNullWhen(true)] out GripKey? key, out string error) =>
        KeyReader.TryRead(text, directory, out key, out error);

    /// <summary>Names the algorithm only.</summary>
    public override string ToString() => $"GripKey({Algorithm})";

    /// <summary>A secret of at least one byte.</summary>
    internal static GripKey FromSecret(ReadOnlySpan<byte> secret)
    {
        if (secret.IsEmpty)
            throw new ArgumentException("An empty secret never signs and never verifies (DIF-80).", nameof(secret));
        var padded = new byte[Math.Max(secret.Length, HmacBlock)];
        secret.CopyTo(padded);
        return new GripKey(SecurityAlgorithms.HmacSha256, new SymmetricSecurityKey(padded), canSign: true);
    }

    /// <summary>An EC key on P-256, the only curve of ES256. The instance is shared by all threads, for reading only.</summary>
    internal static GripKey FromEcdsa(ECDsa ecdsa, bool isPrivate) =>
        new(SecurityAlgorithms.EcdsaSha256, new ECDsaSecurityKey(ecdsa), isPrivate);

    /// <summary>An RSA key of at least 2048 bits; private if <see cref="RSAParameters.D"/> is there.</summary>
    internal static GripKey FromRsa(RSAParameters parameters) =>
        new(SecurityAlgorithms.RsaSha256, new RsaSecurityKey(parameters), parameters.D is not null);

    /// <summary>Signs; only if <see cref="CanSign"/>.</summary>
    internal byte[] Sign(byte[] input) =>
        _signer?.Sign(input) ?? throw new InvalidOperationException("A public key cannot sign.");

    /// <summary>True if the signature fits. Any length of signature is allowed and compared in constant time where it is a MAC.</summary>
    internal bool Verify(byte[] input, byte[] signature)
    {
        if (signature.Length == 0)
            return false;
        try
        {
            return _verifier.Verify(input, signature);
        }
        catch (CryptographicException)
        {
            // Some platforms throw for a signature of impossible shape instead of answering no.
            return false;
        }
    }
}
