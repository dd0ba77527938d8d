namespace GripProxy.GameDay;

/// <summary>What the command line says about a run. Immutable.</summary>
public sealed record GameDayOptions
{
    /// <summary>File of the plan.</summary>
    public required string Plan { get; init; }

    /// <summary>Name of the report's files without extension, or null: what the plan says.</summary>
    public string? Report { get; init; }

    /// <summary>A tenant may be loaded that is not marked as a test, if its target allows it.</summary>
    public bool AllowsProduction { get; init; }

    /// <summary>Where its API listens (<c>127.0.0.1:9100</c>), or null: nowhere.</summary>
    public string? Listen { get; init; }

    /// <summary>Agents that make the load (<c>host:port</c>); none: this process does.</summary>
    public IReadOnlyList<string> Workers { get; init; } = [];

    /// <summary>Reads a pressed key, or null: nobody sits there.</summary>
    public Func<char?>? ReadKey { get; init; }

    /// <summary>True if the progress line may be written over and over.</summary>
    public bool IsTerminal { get; init; }
}
