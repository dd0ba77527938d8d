namespace GripProxy.Security.Access;

/// <summary>
/// A pattern of channel names (own-config.md, CTL-01): <c>*</c> stands for any run of characters, also an empty one; everything else for
/// itself, case included. Immutable.
/// </summary>
/// <param name="Text">The pattern as written, e.g. <c>news.*</c>.</param>
public sealed record ChannelPattern(string Text)
{
    /// <summary>True if the pattern matches every channel: stars only.</summary>
    public bool MatchesAll => Text.Length > 0 && Text.AsSpan().TrimStart('*').IsEmpty;

    /// <summary>True if the whole name matches. Time is at most the product of both lengths; nothing is allocated.</summary>
    public bool Matches(string channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var (atPattern, atChannel) = (0, 0);
        var (afterStar, retryAt) = (-1, 0);
        while (atChannel < channel.Length)
        {
            if (atPattern < Text.Length && Text[atPattern] == '*')
            {
                // Try the shortest run first; on a mismatch come back and let this star take one character more.
                afterStar = ++atPattern;
                retryAt = atChannel;
            }
            else if (atPattern < Text.Length && Text[atPattern] == channel[atChannel])
            {
                atPattern++;
                atChannel++;
            }
            else if (afterStar >= 0)
            {
                atPattern = afterStar;
                atChannel = ++retryAt;
            }
            else
            {
                return false;
            }
        }

        return Text.AsSpan(atPattern).TrimStart('*').IsEmpty;
    }

    /// <summary>The pattern as written.</summary>
    public override string ToString() => Text;
}
