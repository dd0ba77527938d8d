using GripProxy.Protocol;

namespace GripProxy.Channels.Delivery;

/// <summary>Finds the rule of a channel: the pattern with most characters other than <c>*</c>, the first of equals. Immutable.</summary>
internal sealed class ChannelRules
{
    private readonly ChannelRule[] _bySpecificity;

    public ChannelRules(IReadOnlyList<ChannelRule> rules)
    {
        // OrderBy is stable: the first in the file stays first among equals.
        _bySpecificity = [.. rules.OrderByDescending(r => r.Pattern.Count(c => c != '*'))];
    }

    public ChannelRule For(string channel)
    {
        foreach (var rule in _bySpecificity)
        {
            if (ChannelPattern.Matches(rule.Pattern, channel))
                return rule;
        }

        return ChannelRule.Default;
    }
}
