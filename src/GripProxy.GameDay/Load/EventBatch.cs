using GripProxy.GameDay.Figures;

namespace GripProxy.GameDay.Load;

/// <summary>A request that is due. Immutable.</summary>
internal sealed record EventBatch
{
    /// <summary>Its body.</summary>
    public required byte[] Body { get; init; }

    /// <summary>Its events.</summary>
    public required IReadOnlyList<SentEvent> Events { get; init; }

    /// <summary>When it was due, by the clock's timestamp.</summary>
    public required long Due { get; init; }

    /// <summary>Where it is noted.</summary>
    public required SentLog Log { get; init; }

    /// <summary>The second that it belongs to.</summary>
    public required Second Second { get; init; }

    /// <summary>The step that it belongs to.</summary>
    public required StepTally Tally { get; init; }

    /// <summary>True if it is part of the hold of the step, not of the way to it.</summary>
    public required bool InHold { get; init; }
}
