using GripProxy.GameDay.Figures;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Running;

/// <summary>The conditions of a step: what each sees, and which failed. Owned by the conductor.</summary>
/// <param name="plan">The plan.</param>
/// <param name="scenarios">What they look at.</param>
internal sealed class ConditionBoard(GamePlan plan, IReadOnlyList<ScenarioRun> scenarios)
{
    private const int Window = 30; // seconds that conditions look at

    private readonly HashSet<(int Step, string Condition)> _allowed = [];

    /// <summary>The conditions as they are watched.</summary>
    public IReadOnlyList<ConditionWatch> Watches { get; private set; } = [];

    /// <summary>True if some have failed in this step.</summary>
    public bool IsViolated => Watches.Any(static watch => watch.IsViolated);

    /// <summary>True if all hold just now.</summary>
    public bool AllHoldNow => Watches.All(static watch => watch.HoldsNow);

    /// <summary>Which ones failed, as the reason of an end.</summary>
    public string Violations => "conditions failed: " + string.Join(", ", Watches.Where(static watch => watch.IsViolated || !watch.HoldsNow).Select(static watch => watch.Condition.Name));

    /// <summary>Begins to watch.</summary>
    /// <param name="changed">Conditions in place of the plan's, or null.</param>
    public void Begin(IReadOnlyList<ConditionPlan>? changed) => Watches = changed is not null
        ? [.. changed.Select(static condition => new ConditionWatch(condition, ""))]
        :
        [
            .. plan.Conditions.Select(static condition => new ConditionWatch(condition, "")),
            .. scenarios.SelectMany(static scenario => scenario.Plan.Conditions.Select(condition => new ConditionWatch(condition, scenario.Plan.Name))),
        ];

    /// <summary>Looks at all that can be looked at while the step runs.</summary>
    /// <param name="at">Seconds since the beginning of the game day.</param>
    /// <returns>Those that failed just now.</returns>
    public IReadOnlyList<ConditionWatch> Look(double at)
    {
        var failed = new List<ConditionWatch>();
        foreach (var watch in Watches.Where(static watch => !MetricNames.OnlyAtTheEnd(watch.Condition.Metric)))
        {
            var wasViolated = watch.IsViolated;
            if (Value(watch, whole: false) is not { } value)
                continue;
            watch.Look(value, at);
            if (watch.IsViolated && !wasViolated)
                failed.Add(watch);
        }

        return failed;
    }

    /// <summary>Looks at the whole step.</summary>
    public IReadOnlyList<ConditionResult> End(double at) => [.. Watches.Select(watch => watch.End(Value(watch, whole: true) ?? double.NaN, at))];

    /// <summary>Asks somebody whether to go on although conditions failed. Who said to go on is not asked again in the same step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="ask">Asks, or null: nobody is there.</param>
    /// <param name="stopped">Completes when an answer is not needed any more.</param>
    public async Task<bool> MayGoOnAsync(int step, Func<string, Task<bool>>? ask, Task stopped)
    {
        var open = Watches.Where(watch => watch.IsViolated && !_allowed.Contains((step, watch.Condition.Name))).ToList();
        if (open.Count == 0)
            return true;
        if (ask is null)
            return false;
        var asked = ask(Violations);
        if (await Task.WhenAny(asked, stopped) != asked || !await asked)
            return false;
        foreach (var watch in open)
            _allowed.Add((step, watch.Condition.Name));
        return true;
    }

    private double? Value(ConditionWatch watch, bool whole)
    {
        var about = scenarios.Where(scenario => watch.Scenario.Length == 0 || scenario.Plan.Name == watch.Scenario).ToList();
        if (about.Count == 1)
            return whole ? MetricView.Whole(watch.Condition.Metric, about[0].Tally, about[0].Gauges) : MetricView.Window(watch.Condition.Metric, about[0].Window(Window), about[0].Tally, about[0].Gauges);
        // Together: what they counted is added up; of what was looked at, the worst counts.
        var all = new StepTally { Step = scenarios[0].Tally.Step };
        foreach (var scenario in about)
            all.Add(scenario.Tally);
        var worst = about.Select(scenario => scenario.Gauges).Where(gauges => gauges.Names.Contains(watch.Condition.Metric))
            .OrderByDescending(gauges => gauges.Last(watch.Condition.Metric)).FirstOrDefault() ?? new GaugeLog();
        return whole ? MetricView.Whole(watch.Condition.Metric, all, worst) : MetricView.Window(watch.Condition.Metric, [.. about.SelectMany(static scenario => scenario.Window(Window))], all, worst);
    }
}
