using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace GripProxy.Security.Tokens;

/// <summary>
/// A JSON web token taken apart, nothing verified yet (RFC 7515 §3.1, compact form). Immutable. The library's reader is not used for this:
/// it converts well-known claims while it reads, so that a claim which HTTP-04 ignores could spoil a token, and it forgives what we refuse
/// (padding, repeated members).
/// </summary>
internal sealed class Jws
{
    /// <summary>Characters of a token that are looked at; GRIP tokens have some hundred.</summary>
    internal const int MaxLength = 16 * 1024;

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private Jws(JsonElement header, JsonElement claims, byte[] signingInput, byte[] signature)
    {
        Algorithm = Claim.Text(header, "alg") ?? "";
        KeyId = Claim.Text(header, "kid");
        HasCritical = header.TryGetProperty("crit", out _);
        Claims = claims;
        SigningInput = signingInput;
        Signature = signature;
    }

    /// <summary>What the token says about itself; only compared with the key's algorithm, never followed.</summary>
    internal string Algorithm { get; }

    /// <summary>The header's <c>kid</c>, or null.</summary>
    internal string? KeyId { get; }

    /// <summary>True if the header has <c>crit</c>: extensions that must be understood, and we understand none.</summary>
    internal bool HasCritical { get; }

    /// <summary>The payload, an object. Not to be believed before <see cref="TokenCheck.Signature"/> agreed.</summary>
    internal JsonElement Claims { get; }

    /// <summary>The bytes that are signed.</summary>
    internal byte[] SigningInput { get; }

    /// <summary>The signature, perhaps empty.</summary>
    internal byte[] Signature { get; }

    /// <summary>The token's parts, or null if it is none. Never throws.</summary>
    internal static Jws? Read(string? token)
    {
        if (string.IsNullOrEmpty(token) || token.Length > MaxLength)
            return null;
        var first = token.IndexOf('.', StringComparison.Ordinal);
        var last = token.LastIndexOf('.');
        if (first <= 0 || last == first
            || !TryDecode(token.AsSpan(0, first), out var header)
            || !TryDecode(token.AsSpan(first + 1, last - first - 1), out var claims)
            || !TryDecode(token.AsSpan(last + 1), out var signature))
        {
            return null;
        }

        return TryParse(header, out var headerObject) && TryParse(claims, out var claimsObject)
            ? new Jws(headerObject, claimsObject, Encoding.ASCII.GetBytes(token, 0, last), signature)
            : null;
    }

    private static bool TryDecode(ReadOnlySpan<char> part, out byte[] bytes)
    {
        bytes = [];
        // The decoder would skip white space and accept padding; a further dot is refused here too.
        if (part.ContainsAnyExcept(Alphabet))
            return false;
        try
        {
            bytes = Base64Url.DecodeFromChars(part);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool TryParse(byte[] json, out JsonElement value)
    {
        value = default;
        try
        {
            value = JsonElement.Parse(json, Strict);
            return value.ValueKind == JsonValueKind.Object;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // Besides broken JSON: names that are no text, such as half a surrogate pair, which cannot be compared with others.
            return false;
        }
    }
}
