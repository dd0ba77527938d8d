namespace GripProxy.GameDay.Plans;

/// <summary>Where events come from. Immutable.</summary>
internal sealed record SourcePlan
{
    /// <summary>Files of recorded events; none: events are made.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>File with rules by which they are anonymised before they are sent, or empty.</summary>
    public string Anonymise { get; init; } = "";

    /// <summary>True: the curve of the recording has its own rates; false: it is scaled to the rate of the plan.</summary>
    public bool KeepsRate { get; init; }

    /// <summary>Names of the events that are made, in turn.</summary>
    public IReadOnlyList<string> Names { get; init; } = [.. Enumerable.Range(1, 20).Select(static number => $"gd{number}")];

    /// <summary>Users that they are of.</summary>
    public int Users { get; init; } = 1000;

    /// <summary>Bytes of padding in each event.</summary>
    public int Bytes { get; init; } = 100;
}
