using System.Globalization;
using System.Net;

namespace GripProxy.Forwarding.Headers;

/// <summary>What becomes of <c>X-Forwarded-For</c> (HTTP-08). Immutable.</summary>
/// <param name="Keep">How many of the last values stay, or null: all.</param>
/// <param name="Append">Whether the TCP peer's address is added.</param>
public sealed record ForwardedForRule(int? Keep, bool Append)
{
    private const string TruncatePrefix = "truncate:";

    /// <summary>The empty rule: existing values pass.</summary>
    public static ForwardedForRule Pass { get; } = new(null, false);

    /// <summary>True if the rule changes nothing.</summary>
    public bool IsPass => Keep is null && !Append;

    /// <summary>True if nothing the client said is believed: not its address either (HTTP-08).</summary>
    public bool DropsClientValues => Keep == 0;

    /// <summary>Reads a list of <c>truncate:N</c> and <c>append</c>; false with a text for the user if an item is neither.</summary>
    public static bool TryParse(IReadOnlyList<string> items, out ForwardedForRule rule, out string error)
    {
        rule = Pass;
        error = "";
        foreach (var item in items)
        {
            if (item == "append")
            {
                rule = rule with { Append = true };
            }
            else if (item.StartsWith(TruncatePrefix, StringComparison.Ordinal)
                && int.TryParse(item.AsSpan(TruncatePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var keep))
            {
                rule = rule with { Keep = keep };
            }
            else
            {
                error = $"'{item}' is not understood; expected truncate:<number>, append, or both with a comma";
                return false;
            }
        }

        return true;
    }

    /// <summary>The header's new value for the values that came in, in order; null: no header.</summary>
    internal string? Apply(List<string> values, IPAddress? peer)
    {
        var first = Keep is { } keep && keep < values.Count ? values.Count - keep : 0;
        if (first > 0)
            values.RemoveRange(0, first);
        if (Append && peer is not null)
            values.Add(peer.ToString());
        return values.Count == 0 ? null : string.Join(", ", values);
    }
}
