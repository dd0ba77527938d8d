namespace GripProxy.Security.Access;

/// <summary>The answer of <see cref="ControlAuthorizer"/> (CTL-01): allowed with a scope, or refused with a reason. Immutable.</summary>
public sealed record ControlDecision
{
    private ControlDecision()
    {
    }

    /// <summary>True if the request may go on, as far as <see cref="Scope"/> covers it.</summary>
    public bool IsAllowed => Refusal == ControlRefusal.None;

    /// <summary>The reason if refused.</summary>
    public ControlRefusal Refusal { get; private init; }

    /// <summary>
    /// Who asks, if allowed: <c>issuer:NAME</c>, <c>bearer:NAME</c>, <c>basic:NAME</c>, or <c>open</c> when no key is set. Fit for logs.
    /// </summary>
    public string Identity { get; private init; } = "";

    /// <summary>The channels that are covered; nothing if refused.</summary>
    public ChannelScope Scope { get; private init; } = ChannelScope.Nothing;

    /// <summary>True if allowed without channel limits, which paths that name no channel ask for.</summary>
    public bool IsUnrestricted => Scope.IsUnrestricted;

    /// <summary>Which check failed and what was expected; empty if allowed. Never a key, token or password.</summary>
    public string Detail { get; private init; } = "";

    /// <summary>HTTP status of the refusal: 400, 401 or 403; 0 if allowed. A 401 is sent with <c>WWW-Authenticate: Bearer</c>.</summary>
    public int Status => Refusal switch
    {
        ControlRefusal.None => 0,
        ControlRefusal.SeveralCredentials => 400,
        ControlRefusal.NotCovered => 403,
        _ => 401,
    };

    /// <summary>The word of CTL-01 for the refusal, as in <c>urn:gripproxy:&lt;code&gt;</c>; empty if allowed.</summary>
    public string Code => Refusal switch
    {
        ControlRefusal.None => "",
        ControlRefusal.SeveralCredentials => "invalid_parameter",
        ControlRefusal.MissingCredentials => "missing_credentials",
        ControlRefusal.NotCovered => "not_covered",
        _ => "invalid_token",
    };

    internal static ControlDecision Allow(string identity, ChannelScope scope) => new() { Identity = identity, Scope = scope };

    internal static ControlDecision Refuse(ControlRefusal refusal, string detail) => new() { Refusal = refusal, Detail = detail };
}
