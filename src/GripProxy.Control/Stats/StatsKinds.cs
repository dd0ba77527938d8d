namespace GripProxy.Control.Stats;

/// <summary>The words of kinds: what a stats message begins with, and the types of events (STA-01, CTL-12).</summary>
internal static class StatsKinds
{
    /// <summary>All kinds.</summary>
    public static IReadOnlyList<StatsKind> All { get; } = Enum.GetValues<StatsKind>();

    /// <summary>The word of a kind.</summary>
    public static string Word(this StatsKind kind) => kind switch
    {
        StatsKind.Activity => "activity",
        StatsKind.Message => "message",
        StatsKind.Conn => "conn",
        StatsKind.Sub => "sub",
        StatsKind.Counts => "counts",
        StatsKind.Report => "report",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };

    /// <summary>The kind of a word. False: it is none.</summary>
    public static bool TryParse(string word, out StatsKind kind)
    {
        foreach (var known in All)
        {
            if (known.Word() != word)
                continue;
            kind = known;
            return true;
        }

        kind = default;
        return false;
    }
}
