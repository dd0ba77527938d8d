using System.Net.Http.Headers;
using System.Text;

namespace GripProxy.Security.Publishing;

/// <summary>What a publisher shows to the control port (CTL-01). Immutable; never shows its content.</summary>
public sealed class PublishCredential
{
    private readonly AuthenticationHeaderValue? _fixed;
    private readonly GripKey? _key;
    private readonly string? _issuer;

    private PublishCredential(AuthenticationHeaderValue? header) => _fixed = header;

    private PublishCredential(GripKey key, string issuer)
    {
        _key = key;
        _issuer = issuer;
    }

    /// <summary>Nothing: an open port.</summary>
    public static PublishCredential None { get; } = new(null);

    /// <summary>A JWT of this issuer, made anew from time to time.</summary>
    public static PublishCredential Jwt(GripKey key, string issuer) => new(key, issuer);

    /// <summary>A fixed token.</summary>
    public static PublishCredential Bearer(string token) => new(new AuthenticationHeaderValue("Bearer", token));

    /// <summary>User and password.</summary>
    public static PublishCredential Basic(string user, string password) =>
        new(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))));

    /// <summary>The value of <c>Authorization</c>, or null. A JWT lives for <paramref name="lifetime"/>, at least a second.</summary>
    public AuthenticationHeaderValue? CreateHeader(TimeSpan lifetime, TimeProvider time) =>
        _key is null ? _fixed : new AuthenticationHeaderValue("Bearer", PublishToken.Create(_key, _issuer!, lifetime, time)); // set together

    /// <summary>Its kind only.</summary>
    public override string ToString() => _key is null ? _fixed?.Scheme ?? "none" : "JWT";
}
