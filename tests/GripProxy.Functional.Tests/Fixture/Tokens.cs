using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>Makes JSON web tokens as a publisher does, without the library that the product uses.</summary>
public static class Tokens
{
    public static string Sign(byte[] key, IReadOnlyDictionary<string, object> claims)
    {
        string head = Encode("""{"typ":"JWT","alg":"HS256"}"""u8);
        string signed = $"{head}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Encode(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>A token of an issuer that is good for ten minutes.</summary>
    public static string Publisher(byte[] key, string issuer, params KeyValuePair<string, object>[] more) =>
        Sign(key, new Dictionary<string, object>(more, StringComparer.Ordinal)
        {
            ["iss"] = issuer,
            ["exp"] = TimeProvider.System.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds(),
        });

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
