using System.Collections.Concurrent;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Running;

/// <summary>
/// What others ask of a game day while it runs (plugins-gameday.md §6). It waits in a queue that the conductor empties five times a second; only the end is at once.
/// Anybody may ask; what is left of it is the conductor's.
/// </summary>
/// <param name="plan">The plan.</param>
/// <param name="load">The load.</param>
/// <param name="board">The conditions.</param>
/// <param name="journal">Takes what was asked.</param>
internal sealed class RunOrders(GamePlan plan, LoadSet load, ConditionBoard board, RunJournal journal)
{
    private readonly ConcurrentQueue<Func<Task>> _asked = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True if nothing is sent until <see cref="Resume"/>.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>True if the step that runs is to end.</summary>
    public bool IsSkipped { get; private set; }

    /// <summary>How long steps keep their rate.</summary>
    public TimeSpan Hold { get; private set; } = plan.Hold;

    /// <summary>Conditions in place of the plan's, or null.</summary>
    public IReadOnlyList<ConditionPlan>? Conditions { get; private set; }

    /// <summary>Why it ends before its end, or empty.</summary>
    public string EndReason { get; private set; } = "";

    /// <summary>True if it is to end.</summary>
    public bool IsEnding => EndReason.Length > 0;

    /// <summary>Completes when somebody has said that it ends.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Sends nothing until <see cref="Resume"/>.</summary>
    public void Pause() => _asked.Enqueue(async () =>
    {
        if (IsPaused || !load.IsStepping)
            return;
        IsPaused = true;
        journal.Note("paused");
        await load.GoAsync(static _ => 0, 0);
    });

    /// <summary>Goes on.</summary>
    public void Resume() => _asked.Enqueue(async () =>
    {
        if (!IsPaused)
            return;
        IsPaused = false;
        journal.Note("resumed");
        load.BeginHold();
        await load.GoToStepAsync(plan.Ramp.TotalSeconds);
    });

    /// <summary>Ends this step and goes to the next.</summary>
    public void Next() => _asked.Enqueue(() =>
    {
        journal.Note("next step");
        (IsSkipped, IsPaused) = (true, false);
        return Task.CompletedTask;
    });

    /// <summary>Ends it: nothing is sent any more from now on, even while the conductor waits for a target or for somebody's answer.</summary>
    /// <param name="reason">Why.</param>
    public void Stop(string reason)
    {
        End(reason);
        _stopped.TrySetResult();
        var silencing = load.SilenceAsync();
        _asked.Enqueue(() =>
        {
            journal.Note(reason);
            return silencing;
        });
    }

    /// <summary>Changes the multiple of this step by or to something.</summary>
    /// <param name="change">From the present multiple to the next.</param>
    public void SetMultiple(Func<double, double> change) => _asked.Enqueue(async () =>
    {
        await load.GoAsync(
            scenario =>
            {
                var next = Math.Max(0, change(scenario.Rate / scenario.Plan.Baseline));
                journal.Note($"{scenario.Plan.Name} goes to {next:0.##}x");
                return next * scenario.Plan.Baseline;
            },
            plan.Ramp.TotalSeconds);
    });

    /// <summary>Changes for how long steps keep their rate, this one too.</summary>
    public void SetHold(TimeSpan hold) => _asked.Enqueue(() =>
    {
        journal.Note($"hold is {hold.TotalSeconds:0.##} s");
        Hold = hold;
        return Task.CompletedTask;
    });

    /// <summary>Changes the conditions over all scenarios, from now on.</summary>
    public void SetConditions(IReadOnlyList<ConditionPlan> conditions) => _asked.Enqueue(() =>
    {
        journal.Note("other conditions");
        Conditions = conditions;
        board.Begin(Conditions);
        return Task.CompletedTask;
    });

    /// <summary>Changes clients, batches or stub customers.</summary>
    public void Change(LoadChange change, string what) => _asked.Enqueue(async () =>
    {
        journal.Note(what);
        await load.AllAsync(scenario => scenario.ChangeAsync(change));
    });

    /// <summary>Does what was asked for; the conductor calls it.</summary>
    public async Task CarryOutAsync()
    {
        while (_asked.TryDequeue(out var asked))
            await asked();
    }

    /// <summary>Another step begins, or the way to the end: nothing is skipped or paused.</summary>
    public void BeginStep() => (IsSkipped, IsPaused) = (false, false);

    /// <summary>The step is over; what was paused is not any more.</summary>
    public void EndPause() => IsPaused = false;

    /// <summary>It ends when the step that runs has come to its end. The first reason counts.</summary>
    public void End(string reason)
    {
        if (EndReason.Length == 0)
            EndReason = reason;
    }
}
