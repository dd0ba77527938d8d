using System.Text;

namespace GripProxy.Security.Access;

/// <summary>
/// Decides who may use the control port (CTL-01). Thread-safe: each decision reads one <see cref="ControlKeys"/>, which a reload swaps
/// whole.
/// </summary>
public sealed class ControlAuthorizer
{
    private readonly TimeProvider _time;
    private volatile ControlKeys _keys;

    /// <summary>Decides by these keys.</summary>
    public ControlAuthorizer(ControlKeys keys, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(time);
        _keys = keys;
        _time = time;
    }

    /// <summary>True if no key is set: everything is allowed.</summary>
    public bool IsOpen => _keys.IsOpen;

    /// <summary>Decides by these keys from now on. Decisions under way keep the old ones.</summary>
    public void Use(ControlKeys newKeys)
    {
        ArgumentNullException.ThrowIfNull(newKeys);
        _keys = newKeys;
    }

    /// <summary>Decides about one request. Never throws on what a client sent.</summary>
    /// <param name="authorizationHeaders">The values of all <c>Authorization</c> header lines.</param>
    /// <param name="realm">The decoded NAME of <c>/realm/NAME/…</c>, or null. Static credentials are good under any realm.</param>
    public ControlDecision Authorize(IReadOnlyList<string> authorizationHeaders, string? realm)
    {
        ArgumentNullException.ThrowIfNull(authorizationHeaders);
        var current = _keys;
        if (current.IsOpen)
            return ControlDecision.Allow("open", ChannelScope.All);
        if (authorizationHeaders.Count > 1)
            return ControlDecision.Refuse(ControlRefusal.SeveralCredentials, "several Authorization headers; expected one");
        var header = authorizationHeaders.Count == 0 ? "" : (authorizationHeaders[0] ?? "").Trim(' ', '\t');
        if (header.Length == 0)
            return ControlDecision.Refuse(ControlRefusal.MissingCredentials, "no credentials; expected Authorization: Bearer or Basic");

        var space = header.IndexOf(' ', StringComparison.Ordinal);
        var scheme = space < 0 ? header : header[..space];
        var value = space < 0 ? "" : header[(space + 1)..].TrimStart(' ');
        if (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            return CheckBearer(current, value, realm);
        if (scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return CheckBasic(current, value);
        return ControlDecision.Refuse(ControlRefusal.MissingCredentials, "unknown scheme of Authorization; expected Bearer or Basic");
    }

    /// <summary>Decides about a client that wants to subscribe (SIG-03). Never throws on what a client sent.</summary>
    /// <param name="token">What it has, or null: nothing.</param>
    public SubscriberDecision AuthorizeSubscriber(string? token)
    {
        var current = _keys;
        return SubscriberToken.Check(token, current, _time);
    }

    private ControlDecision CheckBearer(ControlKeys current, string token, string? realm)
    {
        if (current.Bearers.Find(Encoding.UTF8.GetBytes(token)) is { } known)
            return ControlDecision.Allow(known.Identity, known.Scope);
        if (current.Issuers.Count > 0)
            return ControlToken.Check(token, current, realm, _time);
        return ControlDecision.Refuse(
            ControlRefusal.InvalidToken,
            current.Bearers.IsEmpty ? "no bearer tokens are set up; expected Authorization: Basic" : "the bearer token is not known");
    }

    private static ControlDecision CheckBasic(ControlKeys current, string value)
    {
        if (current.Basics.IsEmpty)
            return ControlDecision.Refuse(ControlRefusal.InvalidToken, "no users are set up; expected Authorization: Bearer");
        var decoded = new byte[value.Length];
        if (!Convert.TryFromBase64String(value, decoded, out var length))
            return ControlDecision.Refuse(ControlRefusal.InvalidToken, "what follows Basic is not Base64; expected name:password in it");
        return current.Basics.Find(decoded.AsSpan(0, length)) is { } known
            ? ControlDecision.Allow(known.Identity, known.Scope)
            : ControlDecision.Refuse(ControlRefusal.InvalidToken, "the user name or the password is wrong");
    }
}
