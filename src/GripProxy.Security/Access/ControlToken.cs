using System.Text.Json;
using GripProxy.Security.Tokens;

namespace GripProxy.Security.Access;

/// <summary>
/// The checks of a publisher's JWT, in order (CTL-01). Nothing but <c>iss</c> and <c>kid</c> is used before the signature agreed, and these
/// only choose a key.
/// </summary>
internal static class ControlToken
{
    /// <summary>Allowed with the issuer's scope narrowed by the token's, or refused by the first check that failed.</summary>
    internal static ControlDecision Check(string text, ControlKeys keys, string? realm, TimeProvider time)
    {
        var verdict = Verify(text, keys, time, out var claims, out var issuer);
        if (verdict == TokenVerdict.Valid && realm is not null && !string.Equals(realm, issuer!.Name, StringComparison.Ordinal)) // What is valid has an issuer.
            verdict = TokenVerdict.WrongIssuer;
        return verdict == TokenVerdict.Valid ? Scoped(claims, issuer!) : ControlDecision.Refuse(ControlRefusal.InvalidToken, Describe(verdict));
    }

    /// <summary>The checks that do not depend on what the token is for; the claims are to be believed only if it is valid, and there is an issuer then.</summary>
    internal static TokenVerdict Verify(string text, ControlKeys keys, TimeProvider time, out JsonElement claims, out Issuer? issuer)
    {
        claims = default;
        issuer = null;
        if (Jws.Read(text) is not { } token)
            return TokenVerdict.Malformed;
        claims = token.Claims;
        if (Claim.Text(claims, "iss") is not { } name || !keys.Issuers.TryGetValue(name, out issuer))
            return TokenVerdict.UnknownIssuer;
        if (issuer.Keys.Find(token.KeyId) is not { } key)
            return TokenVerdict.UnknownKey;
        var verdict = TokenCheck.Signature(token, key);
        if (verdict == TokenVerdict.Valid)
            verdict = CheckTimes(claims, keys.ClockSkew, time);
        if (verdict == TokenVerdict.Valid && keys.Audience is { } audience && !HasAudience(claims, audience))
            verdict = TokenVerdict.WrongAudience;
        return verdict;
    }

    private static TokenVerdict CheckTimes(JsonElement claims, TimeSpan skew, TimeProvider time)
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        if (Claim.Number(claims, "exp") is not { } expires)
            return TokenVerdict.NoExpiry;
        if (expires + skew.TotalSeconds <= now)
            return TokenVerdict.Expired;
        if (!claims.TryGetProperty("nbf", out _))
            return TokenVerdict.Valid;
        return Claim.Number(claims, "nbf") is { } begins && begins - skew.TotalSeconds <= now
            ? TokenVerdict.Valid
            : TokenVerdict.NotYetValid;
    }

    private static bool HasAudience(JsonElement claims, string audience)
    {
        if (!claims.TryGetProperty("aud", out var value))
            return false;
        var single = Claim.Text(value);
        return single is not null
            ? string.Equals(single, audience, StringComparison.Ordinal)
            : Claim.Texts(value)?.Contains(audience, StringComparer.Ordinal) ?? false;
    }

    private static ControlDecision Scoped(JsonElement claims, Issuer issuer)
    {
        var identity = $"issuer:{issuer.Name}";
        if (claims.TryGetProperty(ClaimNames.Publish, out var publish))
        {
            var scope = Claim.Texts(publish) is { } patterns ? ChannelScope.Of(patterns) : ChannelScope.Nothing;
            return ControlDecision.Allow(identity, issuer.Scope.Intersect(scope));
        }

        // A browser holds such a token in plain sight.
        return claims.TryGetProperty(ClaimNames.Subscribe, out _)
            ? ControlDecision.Refuse(
                ControlRefusal.NotCovered,
                $"the token has {ClaimNames.Subscribe} and no {ClaimNames.Publish}: it is for subscribers; expected a publisher's token")
            : ControlDecision.Allow(identity, issuer.Scope);
    }

    /// <summary>Which check failed and what was expected.</summary>
    internal static string Describe(TokenVerdict verdict) => verdict switch
    {
        TokenVerdict.Malformed => "the bearer token is not known and is no JWT; expected three parts of Base64url with dots between",
        TokenVerdict.CriticalHeader => "the token's header has crit; no extension is understood here",
        TokenVerdict.WrongAlgorithm => "the token's alg does not fit the key; expected HS256 for a secret, ES256 for EC, RS256 for RSA",
        TokenVerdict.UnknownKey => "the token's kid is not in the issuer's key set",
        TokenVerdict.BadSignature => "the token's signature does not verify with the issuer's key",
        TokenVerdict.NoExpiry => "the token has no exp that is a number; expected seconds since 1970",
        TokenVerdict.Expired => "the token's exp has passed",
        TokenVerdict.NotYetValid => "the token's nbf lies ahead or is no number",
        TokenVerdict.WrongAudience => "the token's aud does not contain the audience of this control port",
        TokenVerdict.UnknownIssuer => "the token's iss is missing or has no key here",
        TokenVerdict.WrongIssuer => "the token's iss is not the realm of the path",
        _ => throw new InvalidOperationException($"no refusal for {verdict}"),
    };
}
