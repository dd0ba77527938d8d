using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GripProxy.Security.Tokens;

/// <summary>
/// Writes signed tokens with one key. Header and claims are written by hand because HTTP-03 fixes their order, which the library does not
/// keep. Immutable.
/// </summary>
internal sealed class TokenWriter
{
    // The header that carries the token is not HTML, and the Base64url around it needs no escapes.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly GripKey _key;
    private readonly string _header;

    /// <summary>Throws <see cref="ArgumentException"/> if the key cannot sign.</summary>
    internal TokenWriter(GripKey key, string? keyId = null)
    {
        if (!key.CanSign)
            throw new ArgumentException("A public key cannot sign; expected a secret or a private key.", nameof(key));
        _key = key;
        _header = Encode(json =>
        {
            json.WriteString("typ", "JWT");
            json.WriteString("alg", key.Algorithm);
            if (keyId is not null)
                json.WriteString("kid", keyId);
        });
    }

    /// <summary>A token with the claims that the callback writes, in its order.</summary>
    internal string Write(Action<Utf8JsonWriter> claims)
    {
        var input = $"{_header}.{Encode(claims)}";
        return $"{input}.{Base64Url.EncodeToString(_key.Sign(Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Encode(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
