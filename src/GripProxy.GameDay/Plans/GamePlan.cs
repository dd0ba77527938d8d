using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Plans;

/// <summary>What a game day does and what must stay true meanwhile (plugins-gameday.md §1). Immutable.</summary>
internal sealed record GamePlan
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What runs together; at least one.</summary>
    public required IReadOnlyList<ScenarioPlan> Scenarios { get; init; }

    /// <summary>How long a step keeps its rate.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long the rate takes to become that of a step, or nothing at the end.</summary>
    public TimeSpan Ramp { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long is waited after a step, in silence, for what is still under way. Ends when all has come.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often conditions are looked at.</summary>
    public TimeSpan Check { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What happens when one does not hold.</summary>
    public OnViolation OnViolation { get; init; } = OnViolation.Stop;

    /// <summary>Conditions over all scenarios together.</summary>
    public IReadOnlyList<ConditionPlan> Conditions { get; init; } = [];

    /// <summary>What the game day is to answer.</summary>
    public IReadOnlyList<QuestionPlan> Questions { get; init; } = [];

    /// <summary>Name of the report's files without extension; <c>{name}</c> and <c>{start}</c> are replaced.</summary>
    public string Report { get; init; } = "report-{name}-{start}";

    /// <summary>As it was written, for the report.</summary>
    public required JsonObject Json { get; init; }

    /// <summary>Steps of the longest scenario; the others stay at their last.</summary>
    public int Steps => Scenarios.Max(static scenario => scenario.Steps.Count);
}
