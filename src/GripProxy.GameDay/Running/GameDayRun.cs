using System.Collections.Concurrent;
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
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LeastSettle = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<Func<Task>> _asked = new();
    private readonly LoadSet _load = new(scenarios);
    private readonly ConditionBoard _board = new(plan, scenarios);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<StepResult> _results = [];
    private readonly List<string> _notes = [];
    private IReadOnlyList<ConditionPlan>? _conditions;
    private TimeSpan _hold = plan.Hold;
    private TimeSpan _held;
    private long _begin;
    private long _read;
    private long _checked;
    private bool _isPaused;
    private bool _isSkipped;

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
    public IReadOnlyList<ConditionWatch> Watches => _board.Watches;

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
        await _load.GoAsync(static _ => 0, 0);
    });

    /// <summary>Goes on.</summary>
    public void Resume() => _asked.Enqueue(async () =>
    {
        if (!_isPaused)
            return;
        _isPaused = false;
        Note("resumed");
        _load.BeginHold();
        await _load.GoAsync(FullRate, plan.Ramp.TotalSeconds);
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
        _stopped.TrySetResult();
        var silencing = _load.SilenceAsync();
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
        await _load.GoAsync(
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
        _board.Begin(_conditions);
        return Task.CompletedTask;
    });

    /// <summary>Changes clients, batches or stub customers.</summary>
    public void Change(LoadChange change, string what) => _asked.Enqueue(async () =>
    {
        Note(what);
        await _load.AllAsync(scenario => scenario.ChangeAsync(change));
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
        _board.Begin(_conditions);
        foreach (var scenario in scenarios)
            await scenario.BeginStepAsync(Step, cancellationToken);
        await _load.GoAsync(FullRate, plan.Ramp.TotalSeconds);

        State = RunState.Ramping;
        await WaitAsync(plan.Ramp, looks: false, cancellationToken);
        await _load.AllAsync(static scenario => scenario.SetHoldAsync(true));
        _load.BeginHold();
        State = RunState.Holding;
        await WaitAsync(_hold, looks: true, cancellationToken);
        _load.EndHold();
        await _load.AllAsync(static scenario => scenario.SetHoldAsync(false));
        if (EndReason.Length > 0 && !_load.IsSilenced && plan.Ramp > TimeSpan.Zero)
            await RampDownAsync(cancellationToken);
        await SettleAsync(cancellationToken);
        await ProbeAsync(cancellationToken);
        _results.Add(_load.Summarize(Step, _board.End(Elapsed)));
        await DecideAsync();
    }

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
            if (looks && plan.OnViolation == OnViolation.Hold && !_board.AllHoldNow)
                most = _hold * 3;
            else
                most = _hold;
        }

        if (looks && EndReason.Length == 0 && plan.OnViolation == OnViolation.Hold && !_board.AllHoldNow)
            EndReason = _board.Violations;
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
            await _load.AllAsync(static scenario => scenario.ReadAsync());
            EndIfLost();
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
        await _load.ProbeAsync(State == RunState.Holding && !_isPaused, cancellationToken);
        EndIfLost();
    }

    private void EndIfLost()
    {
        if (EndReason.Length == 0 && _load.Lost is { } lost)
        {
            EndReason = lost;
            Note(EndReason);
        }
    }

    private async Task LookAsync()
    {
        foreach (var watch in _board.Look(Elapsed))
            Note($"'{watch.Condition.Name}' failed: {watch.Condition.Metric} is {watch.Value:0.###}");
        if (_board.IsViolated)
            await ReactAsync();
    }

    private async Task ReactAsync()
    {
        if ((plan.OnViolation == OnViolation.Stop || (plan.OnViolation == OnViolation.Ask && !await _board.MayGoOnAsync(Step, Ask, _stopped.Task))) && EndReason.Length == 0)
            EndReason = _board.Violations;
    }

    private async Task RampDownAsync(CancellationToken cancellationToken)
    {
        State = RunState.Stopping;
        await _load.GoAsync(static _ => 0, plan.Ramp.TotalSeconds);
        var begin = time.GetTimestamp();
        while (time.GetElapsedTime(begin) < plan.Ramp && !_load.IsSilenced)
            await TickAsync(looks: false, cancellationToken);
    }

    // Ends when all has come, or after its time.
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        State = RunState.Settling;
        _isPaused = false;
        await _load.GoAsync(static _ => 0, 0);
        var begin = time.GetTimestamp();
        do
        {
            await TickAsync(looks: false, cancellationToken);
            await _load.AllAsync(static scenario => scenario.ReadAsync());
        }
        while (time.GetElapsedTime(begin) < plan.Settle
            && (time.GetElapsedTime(begin) < LeastSettle || _load.IsUnderWay));
    }

    private async Task DecideAsync()
    {
        var failed = _results[^1].Conditions.Where(static condition => !condition.Held).ToList();
        if (failed.Count == 0 || EndReason.Length > 0)
            return;
        Note($"step {Step}: {string.Join(", ", failed.Select(static condition => $"'{condition.Condition.Name}' failed"))}");
        if (plan.OnViolation is OnViolation.Stop or OnViolation.Hold)
            EndReason = _board.Violations;
        else if (plan.OnViolation == OnViolation.Ask)
            await ReactAsync();
    }

    private void Note(string text) => _notes.Add($"{Elapsed:0.0} s: {text}");

    private double FullRate(ScenarioRun scenario) => scenario.Plan.Step(Step - 1).Rate(scenario.Plan.Baseline);
}
