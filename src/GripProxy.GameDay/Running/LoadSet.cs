namespace GripProxy.GameDay.Running;

/// <summary>All scenarios of a game day as one. Owned by the conductor, but for <see cref="SilenceAsync"/>, which anybody may call.</summary>
/// <param name="scenarios">The scenarios.</param>
/// <param name="journal">Takes what somebody does to the targets.</param>
internal sealed class LoadSet(IReadOnlyList<ScenarioRun> scenarios, RunJournal journal) : IAsyncDisposable
{
    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(15);

    private readonly HostProbe _host = new();
    private volatile bool _isSilenced;
    private int _step = 1;

    /// <summary>The scenarios.</summary>
    public IReadOnlyList<ScenarioRun> Scenarios => scenarios;

    /// <summary>True while a step is on the way to its rate or has it.</summary>
    public bool IsStepping { get; set; }

    /// <summary>True if nothing is sent any more, whatever is asked for.</summary>
    public bool IsSilenced => _isSilenced;

    /// <summary>True if something was sent that has not come yet.</summary>
    public bool IsUnderWay => scenarios.Any(static scenario => Interlocked.Read(ref scenario.Tally.UnderWay) > 0 || scenario.Tally.Missing > 0);

    /// <summary>Why the load cannot go on, or null.</summary>
    public string? Lost => scenarios.FirstOrDefault(static scenario => scenario.Probe.Silent > MostSilence) is { } silent
        ? $"the control port of {silent.Plan.Name} has not answered for {silent.Probe.Silent.TotalSeconds:0} s"
        : scenarios.Select(static scenario => scenario.LostGenerator).FirstOrDefault(static lost => lost is not null);

    /// <summary>Connects the clients, all at once, so that all count their seconds from now.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => AllAsync(scenario => scenario.PrepareAsync(cancellationToken));

    /// <summary>Begins a step.</summary>
    public async Task BeginStepAsync(int step, CancellationToken cancellationToken)
    {
        _step = step;
        await SeeChangesAsync(cancellationToken);
        foreach (var scenario in scenarios)
            await scenario.BeginStepAsync(step, cancellationToken);
    }

    /// <summary>Goes to the rates of the step.</summary>
    public Task GoToStepAsync(double seconds) => GoAsync(scenario => scenario.Plan.Step(_step - 1).Rate(scenario.Plan.Baseline), seconds);

    /// <summary>Reads what was counted.</summary>
    public Task ReadAsync() => AllAsync(static scenario => scenario.ReadAsync());

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

    /// <summary>From now on the step has its full rate (true), or not any more.</summary>
    public async Task SetHoldAsync(bool holds)
    {
        if (!holds)
            EndHold();
        await AllAsync(scenario => scenario.SetHoldAsync(holds));
        if (holds)
            BeginHold();
    }

    /// <summary>From now on the machine works for the full rate of a step.</summary>
    public void BeginHold() => _host.Begin();

    private async Task SeeChangesAsync(CancellationToken cancellationToken)
    {
        var changes = await Task.WhenAll(scenarios.Select(scenario => scenario.Probe.ChangesAsync(cancellationToken)));
        // Two scenarios with one target see the same.
        foreach (var change in changes.SelectMany(static list => list).Distinct())
            journal.Note(change, NoteKind.Target);
    }

    // It works less from now on.
    private void EndHold()
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
        await SeeChangesAsync(cancellationToken);
    }

    /// <summary>It is over: nothing is sent any more, and the last seconds are told.</summary>
    public async Task FinishAsync()
    {
        foreach (var scenario in scenarios)
        {
            await scenario.SilenceAsync();
            await scenario.FinishAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var scenario in scenarios)
            await scenario.DisposeAsync();
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
