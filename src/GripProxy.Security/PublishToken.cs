using System.Text.Json;
using GripProxy.Security.Tokens;

namespace GripProxy.Security;

/// <summary>Makes tokens for the control port: what a publisher sends as <c>Authorization: Bearer …</c> (design §5, CTL-01).</summary>
public static class PublishToken
{
    /// <summary>
    /// A signed token with <c>exp</c> (whole seconds, at least one ahead) and <c>iss</c>, and the claims of <paramref name="options"/>.
    /// Throws <see cref="ArgumentException"/> if the key cannot sign, the issuer is empty or the lifetime is below one second.
    /// </summary>
    public static string Create(GripKey key, string issuer, TimeSpan lifetime, TimeProvider time, PublishTokenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(issuer);
        ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1));
        ArgumentNullException.ThrowIfNull(time);
        var expires = (time.GetUtcNow() + lifetime).ToUnixTimeSeconds();
        return new TokenWriter(key, options?.KeyId).Write(claims =>
        {
            claims.WriteNumber("exp", expires);
            claims.WriteString("iss", issuer);
            if (options?.Audience is { } audience)
                claims.WriteString("aud", audience);
            WriteList(claims, ClaimNames.Publish, options?.Publish);
            WriteList(claims, ClaimNames.Subscribe, options?.Subscribe);
        });
    }

    private static void WriteList(Utf8JsonWriter claims, string name, IReadOnlyList<string>? patterns)
    {
        if (patterns is null)
            return;
        claims.WriteStartArray(name);
        foreach (var pattern in patterns)
            claims.WriteStringValue(pattern);
        claims.WriteEndArray();
    }
}
