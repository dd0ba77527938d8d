using System.Text.Json;
using GripProxy.Security.Tokens;

namespace GripProxy.Security.Access;

/// <summary>The checks of a subscriber's JWT (SIG-03): those of every token of an issuer (CTL-01), then what it allows.</summary>
internal static class SubscriberToken
{
    // The end of time would not fit into a date.
    private const double LastSecond = 253_402_300_799;

    /// <summary>Allowed with the channels of the token, or refused by the first check that failed.</summary>
    internal static SubscriberDecision Check(string? text, ControlKeys keys, TimeProvider time)
    {
        if (string.IsNullOrEmpty(text))
            return SubscriberDecision.Refuse("no access token; expected a JWT, as header Authorization: Bearer or in the query as access_token");
        var verdict = ControlToken.Verify(text, keys, time, out var claims, out _);
        if (verdict != TokenVerdict.Valid)
            return SubscriberDecision.Refuse(ControlToken.Describe(verdict));
        if (!claims.TryGetProperty(ClaimNames.Subscribe, out var subscribe) || Claim.Texts(subscribe) is not { } patterns)
            return SubscriberDecision.Refuse($"the token has no {ClaimNames.Subscribe}; expected a list of channel patterns");
        var meta = new Dictionary<string, string>(StringComparer.Ordinal);
        if (claims.TryGetProperty(ClaimNames.Meta, out var values) && !TryReadMeta(values, meta))
            return SubscriberDecision.Refuse($"the token's {ClaimNames.Meta} is no object of texts");
        return new SubscriberDecision
        {
            Scope = ChannelScope.Of(patterns),
            Meta = meta,
            Expires = DateTimeOffset.UnixEpoch.AddSeconds(Math.Clamp(Claim.Number(claims, "exp") ?? 0, 0, LastSecond)),
        };
    }

    private static bool TryReadMeta(JsonElement values, Dictionary<string, string> meta)
    {
        if (values.ValueKind != JsonValueKind.Object)
            return false;
        foreach (var value in values.EnumerateObject())
        {
            if (Claim.Text(value.Value) is not { } text)
                return false;
            meta[value.Name] = text;
        }

        return true;
    }
}
