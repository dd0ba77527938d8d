namespace GripProxy.GameDay;

/// <summary>What is recorded. Immutable.</summary>
public sealed record RecordOptions
{
    /// <summary>The file, with gzip if its name ends with .gz.</summary>
    public required string Out { get; init; }

    /// <summary>How long.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>The share of the users whose events are recorded, from 0 to 1.</summary>
    public double Sample { get; init; } = 1;

    /// <summary>File of rules by which they are made nobody's, or null: what is said of events without any.</summary>
    public string? Rules { get; init; }
}
