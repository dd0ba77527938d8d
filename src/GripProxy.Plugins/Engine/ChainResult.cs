namespace GripProxy.Plugins.Engine;

/// <summary>What became of one event in the chain of a batch (plugins.md §7.3). Immutable.</summary>
internal sealed record ChainResult
{
    /// <summary>The event as JSON, or null if it was dropped or waits to be tried again.</summary>
    public ReadOnlyMemory<byte>? Event { get; init; }

    /// <summary>The copy that dropped it, or null.</summary>
    public int? DroppedBy { get; init; }

    /// <summary>The copy that asked for another try, or null.</summary>
    public int? RetryOf { get; init; }

    /// <summary>What was thrown on the way, by copy.</summary>
    public IReadOnlyList<CopyError> Errors { get; init; } = [];

    /// <summary>Copies that were not shown the event.</summary>
    public IReadOnlyList<int> Skipped { get; init; } = [];

    /// <summary>Microseconds that each copy took.</summary>
    public IReadOnlyList<CopyTime> Times { get; init; } = [];
}
