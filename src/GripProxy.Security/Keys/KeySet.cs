using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace GripProxy.Security.Keys;

/// <summary>
/// The usable entries of a JWKS (RFC 7517). Immutable. Addresses in entries (<c>x5u</c>) are not followed; private parts are not read.
/// </summary>
internal sealed class KeySet
{
    private readonly IReadOnlyList<Entry> _entries;

    private KeySet(IReadOnlyList<Entry> entries) => _entries = entries;

    /// <summary>How many entries can be used.</summary>
    internal int Count => _entries.Count;

    /// <summary>True if a key file's content is meant as JWKS (own-config.md).</summary>
    internal static bool IsKeySet(string content) => content.AsSpan().TrimStart().StartsWith('{');

    /// <summary>Reads a JWKS. Entries of other kinds or uses are passed over, as RFC 7517 §5 asks; none left is an error.</summary>
    internal static bool TryRead(string content, string path, [NotNullWhen(true)] out KeySet? set, out string error)
    {
        set = null;
        IList<JsonWebKey> keys;
        try
        {
            keys = new JsonWebKeySet(content).Keys;
        }
        catch (Exception e) when (e is ArgumentException or JsonException or InvalidOperationException or FormatException)
        {
            // The reader's own message would quote the content.
            error = $"key file '{path}' starts with '{{' but is not a JWKS; expected {{\"keys\":[…]}}";
            return false;
        }

        var usable = new List<Entry>();
        foreach (var key in keys)
        {
            if (Read(key) is { } read)
                usable.Add(new Entry(key.Kid, read));
        }

        set = usable.Count > 0 ? new KeySet(usable) : null;
        error = set is not null
            ? ""
            : $"JWKS '{path}' holds no usable key ({keys.Count} entries); expected kty oct, EC with P-256, or RSA of 2048 bits or more";
        return set is not null;
    }

    /// <summary>The entry with this <c>kid</c>, else the only entry, else null (own-config.md).</summary>
    internal GripKey? Find(string? keyId)
    {
        foreach (var entry in _entries)
        {
            if (keyId is not null && string.Equals(entry.KeyId, keyId, StringComparison.Ordinal))
                return entry.Key;
        }

        return _entries.Count == 1 ? _entries[0].Key : null;
    }

    private static GripKey? Read(JsonWebKey key)
    {
        try
        {
            var made = key.Kty switch
            {
                "oct" when !string.IsNullOrEmpty(key.K) => GripKey.FromSecret(Base64UrlEncoder.DecodeBytes(key.K)),
                "EC" when key.Crv == "P-256" => ReadEc(key),
                "RSA" => ReadRsa(key),
                _ => null,
            };
            return made is not null && IsForVerifying(key, made.Algorithm) ? made : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException or NotSupportedException)
        {
            // Parameters that are no key, such as a point off the curve: passed over like an unknown kind.
            return null;
        }
    }

    private static bool IsForVerifying(JsonWebKey key, string algorithm) =>
        (string.IsNullOrEmpty(key.Use) || key.Use == "sig")
        && (string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm)
        && (key.KeyOps.Count == 0 || key.KeyOps.Contains("verify"));

    private static GripKey ReadEc(JsonWebKey key)
    {
        var point = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) };
        return GripKey.FromEcdsa(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point }), isPrivate: false);
    }

    private static GripKey? ReadRsa(JsonWebKey key)
    {
        var parameters = new RSAParameters
        {
            Modulus = Base64UrlEncoder.DecodeBytes(key.N),
            Exponent = Base64UrlEncoder.DecodeBytes(key.E),
        };
        using var rsa = RSA.Create(parameters);
        return rsa.KeySize >= PemKey.LeastRsaBits ? GripKey.FromRsa(parameters) : null;
    }

    private sealed record Entry(string? KeyId, GripKey Key);
}
