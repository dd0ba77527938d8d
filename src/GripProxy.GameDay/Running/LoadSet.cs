namespace GripProxy.GameDay.Running;

/// <summary>All scenarios of a game day as one. Owned by the conductor, but for <see cref="SilenceAsync"/>, which anybody may call.</summary>
/// <param name="scenarios">The scenarios.</param>
internal sealed class LoadSet(IReadOnlyList<ScenarioRun> scenarios)
{
    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(15);

    private readonly HostProbe _host = new();
    private volatile bool _isSilenced;

    /// <summary>True if nothing is sent any more, whatever is asked for.</summary>
    public bool IsSilenced => _isSilenced;

    /// <summary>True if something was sent that has not come yet.</summary>
    public bool IsUnderWay => scenarios.Any(static scenario => Interlocked.Read(ref scenario.Tally.UnderWay) > 0 || scenario.Tally.Missing > 0);

    /// <summary>Why the load cannot go on, or null.</summary>
    public string? Lost => scenarios.FirstOrDefault(static scenario => scenario.Probe.Silent > MostSilence) is { } silent
        ? $"the control port of {silent.Plan.Name} has not answered for {silent.Probe.Silent.TotalSeconds:0} s"
        : scenarios.Select(static scenario => scenario.LostGenerator).FirstOrDefault(static lost => lost is not null);

    /// <summary>Does something with each.</summary>
    public Task AllAsync(Func<ScenarioRun, Task> action) => Task.WhenAll(scenarios.Select(action));

    /// <summary>Goes to rates. Whoever stops does so from outside the loop: what was told to go meanwhile is silenced once more.</summary>
    public async Task GoAsync(Func<ScenarioRun, double> rate, double seconds)
    {
        if (!_isSilenced)
            await AllAsync(scenario => scenario.GoAsync(rate(scenario), seconds));
        if (_isSilenced)
            await AllAsync(static scenario => scenario.SilenceAsync());
    }

    /// <summary>Nothing is sent from now on, for good.</summary>
    public Task SilenceAsync()
    {
        _isSilenced = true;
        return AllAsync(static scenario => scenario.SilenceAsync());
    }

    /// <summary>From now on the machine works for the full rate of a step.</summary>
    public void BeginHold() => _host.Begin();

    /// <summary>The machine works less from now on.</summary>
    public void EndHold()
    {
        var host = new Dictionary<string, double>();
        _host.Add(host);
        foreach (var scenario in scenarios)
            scenario.Gauges.Add(host);
    }

    /// <summary>Looks at the targets, and at the machine while the load has its full rate: how it idles in between says nothing.</summary>
    public async Task ProbeAsync(bool isFull, CancellationToken cancellationToken)
    {
        var host = new Dictionary<string, double>();
        if (isFull)
            _host.Add(host);
        await AllAsync(scenario => scenario.ProbeAsync(host, cancellationToken));
    }

    /// <summary>What a step came to.</summary>
    public StepResult Summarize(int step, IReadOnlyList<ConditionResult> conditions) => new(
        step,
        [
            .. scenarios.Select(scenario => new ScenarioResult
            {
                Scenario = scenario.Plan.Name,
                Step = scenario.Plan.Step(step - 1).ToString(),
                Times = scenario.Plan.Step(step - 1).Times(scenario.Plan.Baseline),
                Rate = scenario.Plan.Step(step - 1).Rate(scenario.Plan.Baseline),
                Tally = scenario.Tally,
                Gauges = scenario.Gauges,
            }),
        ],
        conditions);
}
