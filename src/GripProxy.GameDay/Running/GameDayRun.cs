using System.Collections.Concurrent;
using GripProxy.GameDay.Figures;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Running;

/// <summary>
/// Carries out a plan: step by step, looking at the conditions, until all is done, something fails or somebody says so. One loop owns everything; what others
/// ask for waits in a queue that the loop empties five times a second.
/// </summary>
/// <param name="id">Its name.</param>
/// <param name="plan">The plan.</param>
/// <param name="scenarios">Its scenarios, with generators.</param>
/// <param name="time">The clock.</param>
internal sealed class GameDayRun(string id, GamePlan plan, IReadOnlyList<ScenarioRun> scenarios, TimeProvider time) : IAsyncDisposable
{
    private const int Window = 30; // seconds that conditions look at

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LeastSettle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(15);

    private readonly ConcurrentQueue<Func<Task>> _asked = new();
    private readonly HostProbe _host = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<StepResult> _results = [];
    private readonly List<string> _notes = [];
    private IReadOnlyList<ConditionWatch> _watches = [];
    private IReadOnlyList<ConditionPlan>? _conditions;
    private TimeSpan _hold = plan.Hold;
    private TimeSpan _held;
    private long _begin;
    private long _read;
    private long _checked;
    private bool _isPaused;
    private bool _isSkipped;
    private volatile bool _isSilenced;

    /// <summary>Its name.</summary>
    public string Id => id;

    /// <summary>The plan.</summary>
    public GamePlan Plan => plan;

    /// <summary>What it does just now.</summary>
    public RunState State { get; private set; }

    /// <summary>The step, from 1.</summary>
    public int Step { get; private set; }

    /// <summary>True if nothing is sent until <see cref="Resume"/>.</summary>
    public bool IsPaused => _isPaused;

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; private set; }

    /// <summary>Why it ended before its end, or empty.</summary>
    public string EndReason { get; private set; } = "";

    /// <summary>The steps that are over.</summary>
    public IReadOnlyList<StepResult> Results => _results;

    /// <summary>What somebody changed, and what the target did, with seconds since the beginning.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The scenarios.</summary>
    public IReadOnlyList<ScenarioRun> Scenarios => scenarios;

    /// <summary>The conditions as they are watched.</summary>
    public IReadOnlyList<ConditionWatch> Watches => _watches;

    /// <summary>The version of the target, if it tells.</summary>
    public string TargetVersion { get; private set; } = "";

    /// <summary>Called about once a second.</summary>
    public Action Progressed { get; set; } = static () => { };

    /// <summary>Asks somebody whether to go on although conditions failed; there may be nobody.</summary>
    public Func<string, Task<bool>>? Ask { get; set; }

    /// <summary>Seconds since the beginning.</summary>
    public double Elapsed => State == RunState.Waiting ? 0 : time.GetElapsedTime(_begin).TotalSeconds;

    /// <summary>Carries it out.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _begin = time.GetTimestamp();
        Started = time.GetUtcNow();
        State = RunState.Preparing;
        try
        {
            foreach (var scenario in scenarios.Where(_ => EndReason.Length == 0))
                await scenario.PrepareAsync(cancellationToken);
            TargetVersion = await scenarios[0].Probe.VersionAsync(cancellationToken);
            for (Step = 1; Step <= plan.Steps && EndReason.Length == 0; Step++)
                await RunStepAsync(cancellationToken);
            State = RunState.Done;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            EndReason = e.Message;
            State = RunState.Failed;
            throw;
        }
        finally
        {
            foreach (var scenario in scenarios)
            {
                await scenario.SilenceAsync();
                scenario.Finish();
            }

            if (State is not (RunState.Done or RunState.Failed))
                State = RunState.Done;
            Progressed();
        }
    }

    /// <summary>Sends nothing until <see cref="Resume"/>.</summary>
    public void Pause() => _asked.Enqueue(async () =>
    {
        if (_isPaused || State is not (RunState.Ramping or RunState.Holding))
            return;
        _isPaused = true;
        Note("paused");
        await GoAsync(static _ => 0, 0);
    });

    /// <summary>Goes on.</summary>
    public void Resume() => _asked.Enqueue(async () =>
    {
        if (!_isPaused)
            return;
        _isPaused = false;
        Note("resumed");
        await GoAsync(FullRate, plan.Ramp.TotalSeconds);
    });

    /// <summary>Ends this step and goes to the next.</summary>
    public void Next() => _asked.Enqueue(() =>
    {
        Note("next step");
        _isSkipped = true;
        _isPaused = false;
        return Task.CompletedTask;
    });

    /// <summary>Ends it: nothing is sent any more from now on, even while the loop waits for a target or for somebody's answer.</summary>
    /// <param name="reason">Why.</param>
    public void Stop(string reason)
    {
        if (EndReason.Length == 0)
            EndReason = reason;
        _isSilenced = true;
        _stopped.TrySetResult();
        var silencing = AllAsync(static scenario => scenario.SilenceAsync());
        _asked.Enqueue(() =>
        {
            Note(reason);
            return silencing;
        });
    }

    /// <summary>Changes the multiple of this step by or to something.</summary>
    /// <param name="change">From the present multiple to the next.</param>
    public void SetMultiple(Func<double, double> change) => _asked.Enqueue(async () =>
    {
        await GoAsync(
            scenario =>
            {
                var next = Math.Max(0, change(scenario.Rate / scenario.Plan.Baseline));
                Note($"{scenario.Plan.Name} goes to {next:0.##}x");
                return next * scenario.Plan.Baseline;
            },
            plan.Ramp.TotalSeconds);
    });

    /// <summary>Changes for how long steps keep their rate, this one too.</summary>
    public void SetHold(TimeSpan hold) => _asked.Enqueue(() =>
    {
        Note($"hold is {hold.TotalSeconds:0.##} s");
        _hold = hold;
        return Task.CompletedTask;
    });

    /// <summary>Changes the conditions over all scenarios, from now on.</summary>
    public void SetConditions(IReadOnlyList<ConditionPlan> conditions) => _asked.Enqueue(() =>
    {
        Note("other conditions");
        _conditions = conditions;
        _watches = MakeWatches();
        return Task.CompletedTask;
    });

    /// <summary>Changes clients, batches or stub customers.</summary>
    public void Change(LoadChange change, string what) => _asked.Enqueue(async () =>
    {
        Note(what);
        await AllAsync(scenario => scenario.ChangeAsync(change));
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var scenario in scenarios)
            await scenario.DisposeAsync();
    }

    private async Task RunStepAsync(CancellationToken cancellationToken)
    {
        (_isSkipped, _held) = (false, TimeSpan.Zero);
        _watches = MakeWatches();
        foreach (var scenario in scenarios)
            await scenario.BeginStepAsync(Step, cancellationToken);
        await GoAsync(FullRate, plan.Ramp.TotalSeconds);

        State = RunState.Ramping;
        await WaitAsync(plan.Ramp, looks: false, cancellationToken);
        await AllAsync(static scenario => scenario.SetHoldAsync(true));
        State = RunState.Holding;
        await WaitAsync(_hold, looks: true, cancellationToken);
        await AllAsync(static scenario => scenario.SetHoldAsync(false));
        if (EndReason.Length > 0 && !_isSilenced && plan.Ramp > TimeSpan.Zero)
            await RampDownAsync(cancellationToken);
        await SettleAsync(cancellationToken);
        await ProbeAsync(cancellationToken);
        _results.Add(Summarize());
        await DecideAsync();
    }

    private IReadOnlyList<ConditionWatch> MakeWatches() => _conditions is not null
        ? [.. _conditions.Select(static condition => new ConditionWatch(condition, ""))]
        :
        [
            .. plan.Conditions.Select(static condition => new ConditionWatch(condition, "")),
            .. scenarios.SelectMany(static scenario => scenario.Plan.Conditions.Select(condition => new ConditionWatch(condition, scenario.Plan.Name))),
        ];

    // Until the time is over, not counting pauses, or the step is.
    private async Task WaitAsync(TimeSpan length, bool looks, CancellationToken cancellationToken)
    {
        _held = TimeSpan.Zero;
        _checked = time.GetTimestamp();
        var most = length;
        while (_held < (looks ? Longer(_hold, most) : length) && !_isSkipped && EndReason.Length == 0)
        {
            var before = time.GetTimestamp();
            await TickAsync(looks, cancellationToken);
            if (!_isPaused)
                _held += time.GetElapsedTime(before);
            if (looks && plan.OnViolation == OnViolation.Hold && _watches.Any(static watch => !watch.HoldsNow))
                most = _hold * 3;
            else
                most = _hold;
        }

        if (looks && EndReason.Length == 0 && plan.OnViolation == OnViolation.Hold && _watches.Any(static watch => !watch.HoldsNow))
            EndReason = Violations();
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private async Task TickAsync(bool looks, CancellationToken cancellationToken)
    {
        await Task.Delay(Tick, time, cancellationToken);
        while (_asked.TryDequeue(out var asked))
            await asked();
        if (time.GetElapsedTime(_read) >= TimeSpan.FromSeconds(1))
        {
            _read = time.GetTimestamp();
            await AllAsync(static scenario => scenario.ReadAsync());
            Progressed();
        }

        if (_isPaused || time.GetElapsedTime(_checked) < plan.Check)
            return;
        _checked = time.GetTimestamp();
        await ProbeAsync(cancellationToken);
        if (looks)
            await LookAsync();
    }

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        var host = new Dictionary<string, double>();
        _host.Add(host);
        await AllAsync(scenario => scenario.ProbeAsync(host, cancellationToken));
        if (EndReason.Length == 0 && scenarios.FirstOrDefault(static scenario => scenario.Probe.Silent > MostSilence) is { } lost)
        {
            EndReason = $"the control port of {lost.Plan.Name} has not answered for {lost.Probe.Silent.TotalSeconds:0} s";
            Note(EndReason);
        }
    }

    private async Task LookAsync()
    {
        foreach (var watch in _watches.Where(static watch => !MetricNames.OnlyAtTheEnd(watch.Condition.Metric)))
        {
            var wasViolated = watch.IsViolated;
            if (Value(watch, whole: false) is not { } value)
                continue;
            watch.Look(value, Elapsed);
            if (watch.IsViolated && !wasViolated)
                Note($"'{watch.Condition.Name}' failed: {watch.Condition.Metric} is {watch.Value:0.###}");
        }

        if (_watches.Any(static watch => watch.IsViolated))
            await ReactAsync();
    }

    private async Task ReactAsync()
    {
        if ((plan.OnViolation == OnViolation.Stop || (plan.OnViolation == OnViolation.Ask && !await MayGoOnAsync())) && EndReason.Length == 0)
            EndReason = Violations();
    }

    // Who said to go on is not asked again in the same step.
    private async Task<bool> MayGoOnAsync()
    {
        var open = _watches.Where(watch => watch.IsViolated && !_allowed.Contains((Step, watch.Condition.Name))).ToList();
        if (open.Count == 0)
            return true;
        if (Ask is null)
            return false;
        var asked = Ask(Violations());
        if (await Task.WhenAny(asked, _stopped.Task) != asked || !await asked)
            return false;
        foreach (var watch in open)
            _allowed.Add((Step, watch.Condition.Name));
        return true;
    }

    private readonly HashSet<(int Step, string Condition)> _allowed = [];

    private string Violations() => "conditions failed: " + string.Join(", ", _watches.Where(static watch => watch.IsViolated || !watch.HoldsNow).Select(static watch => watch.Condition.Name));

    private double? Value(ConditionWatch watch, bool whole)
    {
        var about = scenarios.Where(scenario => watch.Scenario.Length == 0 || scenario.Plan.Name == watch.Scenario).ToList();
        if (about.Count == 1)
            return whole ? MetricView.Whole(watch.Condition.Metric, about[0].Tally, about[0].Gauges) : MetricView.Window(watch.Condition.Metric, about[0].Window(Window), about[0].Tally, about[0].Gauges);
        // Together: what they counted is added up; of what was looked at, the worst counts.
        var all = new StepTally { Step = Step };
        foreach (var scenario in about)
            all.Add(scenario.Tally);
        var worst = about.Select(scenario => scenario.Gauges).Where(gauges => gauges.Names.Contains(watch.Condition.Metric))
            .OrderByDescending(gauges => gauges.Last(watch.Condition.Metric)).FirstOrDefault() ?? new GaugeLog();
        return whole ? MetricView.Whole(watch.Condition.Metric, all, worst) : MetricView.Window(watch.Condition.Metric, [.. about.SelectMany(static scenario => scenario.Window(Window))], all, worst);
    }

    private async Task RampDownAsync(CancellationToken cancellationToken)
    {
        State = RunState.Stopping;
        await GoAsync(static _ => 0, plan.Ramp.TotalSeconds);
        var begin = time.GetTimestamp();
        while (time.GetElapsedTime(begin) < plan.Ramp && !_isSilenced)
            await TickAsync(looks: false, cancellationToken);
    }

    // Ends when all has come, or after its time.
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        State = RunState.Settling;
        _isPaused = false;
        await GoAsync(static _ => 0, 0);
        var begin = time.GetTimestamp();
        do
        {
            await TickAsync(looks: false, cancellationToken);
            await AllAsync(static scenario => scenario.ReadAsync());
        }
        while (time.GetElapsedTime(begin) < plan.Settle
            && (time.GetElapsedTime(begin) < LeastSettle || scenarios.Any(static scenario => Interlocked.Read(ref scenario.Tally.UnderWay) > 0 || scenario.Tally.Missing > 0)));
    }

    private StepResult Summarize() => new(
        Step,
        [
            .. scenarios.Select(scenario => new ScenarioResult
            {
                Scenario = scenario.Plan.Name,
                Step = scenario.Plan.Step(Step - 1).ToString(),
                Times = scenario.Plan.Step(Step - 1).Times(scenario.Plan.Baseline),
                Rate = scenario.Plan.Step(Step - 1).Rate(scenario.Plan.Baseline),
                Tally = scenario.Tally,
                Gauges = scenario.Gauges,
            }),
        ],
        [.. _watches.Select(watch => watch.End(Value(watch, whole: true) ?? double.NaN, Elapsed))]);

    private async Task DecideAsync()
    {
        var failed = _results[^1].Conditions.Where(static condition => !condition.Held).ToList();
        if (failed.Count == 0 || EndReason.Length > 0)
            return;
        Note($"step {Step}: {string.Join(", ", failed.Select(static condition => $"'{condition.Condition.Name}' failed"))}");
        if (plan.OnViolation is OnViolation.Stop or OnViolation.Hold)
            EndReason = Violations();
        else if (plan.OnViolation == OnViolation.Ask)
            await ReactAsync();
    }

    private void Note(string text) => _notes.Add($"{Elapsed:0.0} s: {text}");

    // Whoever stops does so from outside the loop: what was told to go meanwhile is silenced once more.
    private async Task GoAsync(Func<ScenarioRun, double> rate, double seconds)
    {
        if (!_isSilenced)
            await AllAsync(scenario => scenario.GoAsync(rate(scenario), seconds));
        if (_isSilenced)
            await AllAsync(static scenario => scenario.SilenceAsync());
    }

    private double FullRate(ScenarioRun scenario) => scenario.Plan.Step(Step - 1).Rate(scenario.Plan.Baseline);

    private Task AllAsync(Func<ScenarioRun, Task> action) => Task.WhenAll(scenarios.Select(action));
}
