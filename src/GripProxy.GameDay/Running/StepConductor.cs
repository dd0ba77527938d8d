using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Running;

/// <summary>
/// Carries out steps: the way to the rate, the rate, silence until all has come, and what the conditions say to that. One loop; owned by the run.
/// </summary>
/// <param name="plan">The plan.</param>
/// <param name="load">The load.</param>
/// <param name="board">The conditions.</param>
/// <param name="orders">What others ask for.</param>
/// <param name="journal">Takes what happens.</param>
/// <param name="time">The clock.</param>
internal sealed class StepConductor(GamePlan plan, LoadSet load, ConditionBoard board, RunOrders orders, RunJournal journal, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LeastSettle = TimeSpan.FromSeconds(1);

    private int _step;
    private long _read;
    private long _checked;

    /// <summary>Called when the step does something else.</summary>
    public required Action<RunState> Enter { get; init; }

    /// <summary>Called about once a second.</summary>
    public required Action Progressed { get; init; }

    /// <summary>Asks somebody whether to go on although conditions failed; there may be nobody.</summary>
    public Func<string, Task<bool>>? Ask { get; set; }

    /// <summary>Carries out a step.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What it came to.</returns>
    public async Task<StepResult> RunAsync(int step, CancellationToken cancellationToken)
    {
        _step = step;
        orders.BeginStep();
        board.Begin(orders.Conditions);
        await load.BeginStepAsync(step, cancellationToken);
        await load.GoToStepAsync(plan.Ramp.TotalSeconds);

        Go(RunState.Ramping);
        await RampAsync(cancellationToken);
        await load.SetHoldAsync(true);
        Go(RunState.Holding);
        await HoldAsync(cancellationToken);
        await load.SetHoldAsync(false);
        if (orders.IsEnding && !load.IsSilenced && plan.Ramp > TimeSpan.Zero)
            await RampDownAsync(cancellationToken);
        await SettleAsync(cancellationToken);
        await ProbeAsync(isFull: false, cancellationToken);
        return load.Summarize(step, board.End(journal.Elapsed));
    }

    /// <summary>Decides by the result of a step whether there is another one.</summary>
    public async Task DecideAsync(StepResult result)
    {
        var failed = result.Conditions.Where(static condition => !condition.Held).ToList();
        if (failed.Count == 0 || orders.IsEnding)
            return;
        journal.Note($"step {result.Number}: {string.Join(", ", failed.Select(static condition => $"'{condition.Condition.Name}' failed"))}", NoteKind.Failure);
        if (plan.OnViolation is OnViolation.Stop or OnViolation.Hold)
            orders.End(board.Violations);
        else if (plan.OnViolation == OnViolation.Ask)
            await ReactAsync();
    }

    private void Go(RunState state)
    {
        load.IsStepping = state is RunState.Ramping or RunState.Holding;
        Enter(state);
    }

    private async Task RampAsync(CancellationToken cancellationToken)
    {
        var ramped = TimeSpan.Zero;
        _checked = time.GetTimestamp();
        while (ramped < plan.Ramp && !orders.IsSkipped && !orders.IsEnding)
            ramped += await WaitAsync(looks: false, cancellationToken);
    }

    // As long as the plan says; with on_violation = hold up to three times that, until all holds.
    private async Task HoldAsync(CancellationToken cancellationToken)
    {
        var held = TimeSpan.Zero;
        _checked = time.GetTimestamp();
        var holdsOut = false;
        while (held < (holdsOut ? orders.Hold * 3 : orders.Hold) && !orders.IsSkipped && !orders.IsEnding)
        {
            held += await WaitAsync(looks: true, cancellationToken);
            holdsOut = plan.OnViolation == OnViolation.Hold && !board.AllHoldNow;
        }

        if (holdsOut)
            orders.End(board.Violations);
    }

    /// <summary>A tick.</summary>
    /// <returns>The time that counts: none in a pause.</returns>
    private async Task<TimeSpan> WaitAsync(bool looks, CancellationToken cancellationToken)
    {
        var before = time.GetTimestamp();
        await TickAsync(looks, cancellationToken);
        return orders.IsPaused ? TimeSpan.Zero : time.GetElapsedTime(before);
    }

    private async Task TickAsync(bool looks, CancellationToken cancellationToken)
    {
        await Task.Delay(Tick, time, cancellationToken);
        await orders.CarryOutAsync();
        if (time.GetElapsedTime(_read) >= TimeSpan.FromSeconds(1))
        {
            _read = time.GetTimestamp();
            await load.ReadAsync();
            EndIfLost();
            Progressed();
        }

        if (orders.IsPaused || time.GetElapsedTime(_checked) < plan.Check)
            return;
        _checked = time.GetTimestamp();
        await ProbeAsync(isFull: looks, cancellationToken);
        if (looks)
            await LookAsync();
    }

    private async Task ProbeAsync(bool isFull, CancellationToken cancellationToken)
    {
        await load.ProbeAsync(isFull, cancellationToken);
        EndIfLost();
    }

    private void EndIfLost()
    {
        if (orders.IsEnding || load.Lost is not { } lost)
            return;
        orders.End(lost);
        journal.Note(lost, NoteKind.Failure);
    }

    private async Task LookAsync()
    {
        foreach (var watch in board.Look(journal.Elapsed))
            journal.Note($"'{watch.Condition.Name}' failed: {watch.Condition.Metric} is {watch.Value:0.###}", NoteKind.Failure);
        if (board.IsViolated)
            await ReactAsync();
    }

    private async Task ReactAsync()
    {
        if (plan.OnViolation == OnViolation.Stop || (plan.OnViolation == OnViolation.Ask && !await board.MayGoOnAsync(_step, Ask, orders.Stopped)))
            orders.End(board.Violations);
    }

    private async Task RampDownAsync(CancellationToken cancellationToken)
    {
        Go(RunState.Stopping);
        await load.GoAsync(static _ => 0, plan.Ramp.TotalSeconds);
        var begin = time.GetTimestamp();
        while (time.GetElapsedTime(begin) < plan.Ramp && !load.IsSilenced)
            await TickAsync(looks: false, cancellationToken);
    }

    // Ends when all has come, or after its time.
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        Go(RunState.Settling);
        orders.EndPause();
        await load.GoAsync(static _ => 0, 0);
        var begin = time.GetTimestamp();
        do
        {
            await TickAsync(looks: false, cancellationToken);
            await load.ReadAsync();
        }
        while (time.GetElapsedTime(begin) < plan.Settle
            && (time.GetElapsedTime(begin) < LeastSettle || load.IsUnderWay));
    }
}
