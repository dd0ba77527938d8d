namespace GripProxy.GameDay.Plans;

/// <summary>One kind of load, where it goes and who listens. Immutable.</summary>
internal sealed record ScenarioPlan
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where the load goes in.</summary>
    public ScenarioKind Kind { get; init; }

    /// <summary>What it goes to.</summary>
    public required TargetPlan Target { get; init; }

    /// <summary>Events or items a second that are once the normal load.</summary>
    public double Baseline { get; init; }

    /// <summary>Days of whose busiest minute the target tells, which is the baseline then; 0: it is known or the recording's.</summary>
    public int BaselineDays { get; init; }

    /// <summary>The steps; at least one.</summary>
    public required IReadOnlyList<LoadStep> Steps { get; init; }

    /// <summary>How the rate goes over time.</summary>
    public LoadShape Shape { get; init; }

    /// <summary>Where events come from.</summary>
    public SourcePlan Source { get; init; } = new();

    /// <summary>Events of one request.</summary>
    public int BatchSize { get; init; } = 20;

    /// <summary>Path of a request at the target.</summary>
    public string BatchPath { get; init; } = "/batch/";

    /// <summary>Connections that the load goes through.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>Who listens.</summary>
    public ClientsPlan Clients { get; init; } = new();

    /// <summary>Customers that answer what they get.</summary>
    public IReadOnlyList<StubPlan> Stubs { get; init; } = [];

    /// <summary>Conditions over this scenario alone.</summary>
    public IReadOnlyList<ConditionPlan> Conditions { get; init; } = [];

    /// <summary>The step with this number from 0, or the last if there are not so many.</summary>
    public LoadStep Step(int index) => Steps[Math.Min(index, Steps.Count - 1)];
}
