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

    /// <summary>True if the other says the same, key by key in order. What stands in key files is not looked at.</summary>
    public bool IsSameAs(ControlKeysConfig other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Audience == other.Audience
            && ClockSkew == other.ClockSkew
            && Same(Issuers, other.Issuers, static key => (key with { Channels = null }, key.Channels))
            && Same(Bearers, other.Bearers, static key => (key with { Channels = null }, key.Channels))
            && Same(Basics, other.Basics, static key => (key with { Channels = null }, key.Channels));
    }

    private static bool Same<T>(IReadOnlyList<T> ours, IReadOnlyList<T> theirs, Func<T, (T Secret, IReadOnlyList<string>? Channels)> split)
        where T : IEquatable<T>
    {
        if (ours.Count != theirs.Count)
            return false;
        for (var i = 0; i < ours.Count; i++)
        {
            var (secret, channels) = split(ours[i]);
            var (otherSecret, otherChannels) = split(theirs[i]);
            if (!secret.Equals(otherSecret) || channels is null != otherChannels is null || channels?.SequenceEqual(otherChannels!, StringComparer.Ordinal) == false)
                return false;
        }

        return true;
    }
}
