namespace GripProxy.GameDay.Plans;

/// <summary>What happens when a condition does not hold.</summary>
internal enum OnViolation
{
    /// <summary>The load goes down in the time of a ramp, and the game day ends.</summary>
    Stop,

    /// <summary>The step is kept until the condition holds, at most three times as long; then as <see cref="Stop"/>.</summary>
    Hold,

    /// <summary>It is noted only.</summary>
    Continue,

    /// <summary>Somebody is asked; with nobody there as <see cref="Stop"/>.</summary>
    Ask,
}
