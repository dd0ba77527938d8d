namespace GripProxy.Security.Access;

/// <summary>
/// Who may use the control port, as written: sections <c>[control]</c>, <c>[issuer:…]</c>, <c>[bearer:…]</c>, <c>[basic:…]</c>
/// (own-config.md). Immutable.
/// </summary>
public sealed record ControlKeysConfig
{
    /// <summary>
    /// <c>[control] audience</c>: a token's <c>aud</c> must contain it. Null or empty is off, the default: GRIP libraries send none.
    /// </summary>
    public string? Audience { get; init; }

    /// <summary><c>[control] clock_skew</c>: allowed on <c>exp</c> and <c>nbf</c>. 30 seconds: publishers' clocks are not ours.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Sections <c>[issuer:NAME]</c>, in file order.</summary>
    public IReadOnlyList<IssuerConfig> Issuers { get; init; } = [];

    /// <summary>Sections <c>[bearer:NAME]</c>, in file order.</summary>
    public IReadOnlyList<BearerConfig> Bearers { get; init; } = [];

    /// <summary>Sections <c>[basic:NAME]</c>, in file order.</summary>
    public IReadOnlyList<BasicConfig> Basics { get; init; } = [];
}
