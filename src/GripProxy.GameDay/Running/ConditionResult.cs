using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Running;

/// <summary>What became of a condition in a step. Immutable.</summary>
internal sealed record ConditionResult
{
    /// <summary>The condition.</summary>
    public required ConditionPlan Condition { get; init; }

    /// <summary>The scenario that it is about, or empty: all together.</summary>
    public required string Scenario { get; init; }

    /// <summary>True if it held all the time and over the whole step.</summary>
    public required bool Held { get; init; }

    /// <summary>The value over the whole step; not a number if it was not measured.</summary>
    public required double Value { get; init; }

    /// <summary>Seconds from the beginning of the game day until it was seen to fail, or null.</summary>
    public double? ViolatedAt { get; init; }

    /// <summary>The value that it had then.</summary>
    public double ViolatedBy { get; init; }
}
