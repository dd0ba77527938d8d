using System.Collections.Immutable;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Running;

/// <summary>
/// Carries out a plan: step by step, looking at the conditions, until all is done, something fails or somebody says so. One loop owns everything; what others
/// ask for goes through <see cref="Orders"/>.
/// </summary>
internal sealed class GameDayRun : IAsyncDisposable
{
    private readonly LoadSet _load;
    private readonly ConditionBoard _board;
    private readonly StepConductor _conductor;
    private readonly RunJournal _journal;
    private volatile ImmutableList<StepResult> _results = [];

    /// <summary>Does nothing yet.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="scenarios">Its scenarios, with generators.</param>
    /// <param name="time">The clock.</param>
    public GameDayRun(string id, GamePlan plan, IReadOnlyList<ScenarioRun> scenarios, TimeProvider time)
    {
        (Id, Plan) = (id, plan);
        _journal = new RunJournal(time);
        _load = new LoadSet(scenarios, _journal);
        _board = new ConditionBoard(plan, scenarios);
        Orders = new RunOrders(plan, _load, _board, _journal);
        _conductor = new StepConductor(plan, _load, _board, Orders, _journal, time) { Enter = state => State = state, Progressed = () => Progressed() };
    }

    /// <summary>Its name.</summary>
    public string Id { get; }

    /// <summary>The plan.</summary>
    public GamePlan Plan { get; }

    /// <summary>What others ask of it.</summary>
    public RunOrders Orders { get; }

    /// <summary>What it does just now.</summary>
    public RunState State { get; private set; }

    /// <summary>The step, from 1.</summary>
    public int Step { get; private set; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Started => _journal.Started;

    /// <summary>Seconds since the beginning.</summary>
    public double Elapsed => _journal.Elapsed;

    /// <summary>Why it ended before its end, or empty.</summary>
    public string EndReason => Orders.EndReason;

    /// <summary>The steps that are over.</summary>
    public IReadOnlyList<StepResult> Results => _results;

    /// <summary>What somebody changed, and what the target did.</summary>
    public IReadOnlyList<RunNote> Notes => _journal.Notes;

    /// <summary>The scenarios.</summary>
    public IReadOnlyList<ScenarioRun> Scenarios => _load.Scenarios;

    /// <summary>The conditions as they are watched.</summary>
    public IReadOnlyList<ConditionWatch> Watches => _board.Watches;

    /// <summary>The version of the target, if it tells.</summary>
    public string TargetVersion { get; private set; } = "";

    /// <summary>Called about once a second.</summary>
    public Action Progressed { get; set; } = static () => { };

    /// <summary>Asks somebody whether to go on although conditions failed; there may be nobody.</summary>
    public Func<string, Task<bool>>? Ask
    {
        get => _conductor.Ask;
        set => _conductor.Ask = value;
    }

    /// <summary>Carries it out.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _journal.Begin();
        State = RunState.Preparing;
        try
        {
            if (!Orders.IsEnding)
                await _load.PrepareAsync(cancellationToken);
            TargetVersion = await Scenarios[0].Probe.VersionAsync(cancellationToken);
            for (Step = 1; Step <= Plan.Steps && !Orders.IsEnding; Step++)
            {
                var result = await _conductor.RunAsync(Step, cancellationToken);
                _results = _results.Add(result);
                await _conductor.DecideAsync(result);
            }

            State = RunState.Done;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Orders.End(e.Message);
            State = RunState.Failed;
            throw;
        }
        finally
        {
            await _load.FinishAsync();
            if (State is not (RunState.Done or RunState.Failed))
                State = RunState.Done;
            Progressed();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _load.DisposeAsync();
}
