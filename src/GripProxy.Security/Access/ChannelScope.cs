namespace GripProxy.Security.Access;

/// <summary>
/// Which channels a credential covers (CTL-01): all, or those that match a pattern of every list that limits it (the issuer's and the
/// token's). Immutable.
/// </summary>
public sealed class ChannelScope
{
    private readonly IReadOnlyList<IReadOnlyList<ChannelPattern>> _limits;

    private ChannelScope(IReadOnlyList<IReadOnlyList<ChannelPattern>> limits) => _limits = limits;

    /// <summary>Every channel.</summary>
    public static ChannelScope All { get; } = new([]);

    /// <summary>No channel.</summary>
    public static ChannelScope Nothing { get; } = new([[]]);

    /// <summary>True if there is no limit: what paths that name no channel ask for (CTL-01).</summary>
    public bool IsUnrestricted => _limits.Count == 0;

    /// <summary>The lists of patterns that all have to match; none: no limit. <see cref="Of"/> and <see cref="Intersect"/> make the same of them.</summary>
    public IEnumerable<IEnumerable<string>> Limits => _limits.Select(static patterns => patterns.Select(static pattern => pattern.ToString()));

    /// <summary>The channels that match at least one pattern; no pattern, no channel. <c>*</c> among them is no limit.</summary>
    public static ChannelScope Of(IEnumerable<string> patterns)
    {
        var list = patterns.Select(text => new ChannelPattern(text)).ToArray();
        return list.Any(pattern => pattern.MatchesAll) ? All : new ChannelScope([list]);
    }

    /// <summary>The channels that both cover.</summary>
    public ChannelScope Intersect(ChannelScope other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new ChannelScope([.. _limits, .. other._limits]);
    }

    /// <summary>True if this channel (full name, route prefix included) is covered.</summary>
    public bool Covers(string channel)
    {
        foreach (var patterns in _limits)
        {
            if (!AnyMatches(patterns, channel))
                return false;
        }

        return true;
    }

    /// <summary>The patterns, for logs and pages: <c>all</c>, or lists joined with <c> and </c>.</summary>
    public override string ToString() =>
        IsUnrestricted ? "all" : string.Join(" and ", _limits.Select(patterns => $"[{string.Join(", ", patterns)}]"));

    private static bool AnyMatches(IReadOnlyList<ChannelPattern> patterns, string channel)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(channel))
                return true;
        }

        return false;
    }
}
