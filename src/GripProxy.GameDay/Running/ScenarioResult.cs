using GripProxy.GameDay.Figures;

namespace GripProxy.GameDay.Running;

/// <summary>What a scenario came to in a step. Not changed once the step is over.</summary>
internal sealed record ScenarioResult
{
    /// <summary>Its name.</summary>
    public required string Scenario { get; init; }

    /// <summary>The step as the plan says it: <c>3x</c>.</summary>
    public required string Step { get; init; }

    /// <summary>Times the baseline.</summary>
    public required double Times { get; init; }

    /// <summary>Events a second that were asked for.</summary>
    public required double Rate { get; init; }

    /// <summary>What was counted.</summary>
    public required StepTally Tally { get; init; }

    /// <summary>What was looked at.</summary>
    public required GaugeLog Gauges { get; init; }

    /// <summary>True if the generator itself was too slow for more than a hundredth of the events: the step says nothing about the target.</summary>
    public bool IsInvalid => Tally.Late * 100 > Tally.Scheduled;
}
