using GripProxy.Security.Tokens;

namespace GripProxy.Security;

/// <summary>
/// Checks <c>Grip-Sig</c> values as an origin does: signature, then an integer <c>exp</c> in the future, then the issuer if one is
/// expected. No clock skew; <c>nbf</c> and <c>aud</c> are not examined (HTTP-03, HTTP-04). Immutable, thread-safe.
/// </summary>
public sealed class GripSigVerifier
{
    private readonly GripKey _key;
    private readonly string? _issuer;
    private readonly TimeProvider _time;

    /// <summary>Accepts tokens of this key; with an <paramref name="issuer"/> only those whose <c>iss</c> equals it.</summary>
    public GripSigVerifier(GripKey key, string? issuer, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(time);
        _key = key;
        _issuer = issuer;
        _time = time;
    }

    /// <summary>The first check that failed, or <see cref="TokenVerdict.Valid"/>. Never throws.</summary>
    public TokenVerdict Verify(string? gripSig) => Verify(gripSig, out _);

    /// <summary>As the public one, with the second at which a valid token expires.</summary>
    internal TokenVerdict Verify(string? gripSig, out long expires)
    {
        expires = 0;
        if (string.IsNullOrEmpty(gripSig))
            return TokenVerdict.Missing;
        if (Jws.Read(gripSig) is not { } token)
            return TokenVerdict.Malformed;
        var signature = TokenCheck.Signature(token, _key);
        if (signature != TokenVerdict.Valid)
            return signature;
        if (Claim.Integer(token.Claims, "exp") is not { } exp)
            return TokenVerdict.NoExpiry;
        if (exp <= _time.GetUtcNow().ToUnixTimeSeconds())
            return TokenVerdict.Expired;
        expires = exp;
        return _issuer is null || string.Equals(Claim.Text(token.Claims, "iss"), _issuer, StringComparison.Ordinal)
            ? TokenVerdict.Valid
            : TokenVerdict.WrongIssuer;
    }
}
