namespace GripProxy.GameDay.Running;

/// <summary>What a step came to. Immutable.</summary>
/// <param name="Number">The step, from 1.</param>
/// <param name="Scenarios">By scenario.</param>
/// <param name="Conditions">By condition.</param>
internal sealed record StepResult(int Number, IReadOnlyList<ScenarioResult> Scenarios, IReadOnlyList<ConditionResult> Conditions)
{
    /// <summary>True if all conditions held.</summary>
    public bool Held => Conditions.All(static condition => condition.Held);

    /// <summary>True if a generator was too slow.</summary>
    public bool IsInvalid => Scenarios.Any(static scenario => scenario.IsInvalid);
}
