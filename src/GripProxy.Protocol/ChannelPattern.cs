namespace GripProxy.Protocol;

/// <summary>Patterns of channel names: <c>*</c> stands for any characters, also none; everything else for itself (own-config.md).</summary>
public static class ChannelPattern
{
    /// <summary>True if the whole name fits the pattern. Takes time in proportion to both lengths at worst; allocates nothing.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var p = 0;
        var n = 0;
        var star = -1;
        var resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = n;
            }
            else if (p < pattern.Length && pattern[p] == name[n])
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                // Let the last star take one character more and try again from there.
                p = star + 1;
                n = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }
}
