using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Queue;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Post.Schedules;

/// <summary>Runs of tasks that are due (plugins.md §9.1, §9.3): one node runs each, and what throws a retry error is repeated. Thread-safe. Owned by the scheduler.</summary>
internal sealed partial class ScheduledRuns(PostParts parts, IScheduleMemory memory, GuardedCalls calls, ILogger logger, CancellationToken stopping)
{
    private const int Repeats = 3;

    private static readonly TimeSpan FirstRepeat = TimeSpan.FromSeconds(3);

    private long _skipped;

    /// <summary>Runs that did not begin because the run before was still going.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Notes that a run could not be made.</summary>
    public void NotRun(ScheduleEntry entry, Exception exception) => Log.NotRun(logger, exception, parts.Tenant.Name, parts.LabelOf(entry.Install), entry.Task.Name);

    /// <summary>A run does not begin, because the run before is still going.</summary>
    public void Skip(ScheduleEntry entry)
    {
        Interlocked.Increment(ref _skipped);
        parts.Counts?.Skipped(parts.NameOf(entry.Install));
        Log.Skipped(logger, parts.Tenant.Name, parts.LabelOf(entry.Install), entry.Task.Name);
    }

    /// <summary>Runs a task, unless it is another node's turn. Never fails.</summary>
    /// <param name="entry">The task.</param>
    /// <param name="due">The time that it runs for.</param>
    /// <param name="end">When it is due next: it is not repeated beyond; null: never.</param>
    public async Task RunAsync(ScheduleEntry entry, DateTimeOffset due, DateTimeOffset? end)
    {
        await Task.Yield();
        try
        {
            await using var turn = await memory.TakeAsync(parts.Tenant.Number, entry.Install, entry.Task.Name, due);
            if (turn.MayRun)
                await RunAsync(entry, end);
            else if (turn.IsGoing)
                Skip(entry);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        catch (Exception e)
        {
            NotRun(entry, e);
        }
    }

    private async Task RunAsync(ScheduleEntry entry, DateTimeOffset? end)
    {
        for (var repeat = 0; ; repeat++)
        {
            if ((await calls.CallAsync(entry.Install, entry.Task.Method, new CallTurn(0, repeat + 1, Repeats + 1)))?.Error is not { } error)
                return;
            Log.Threw(logger, parts.Tenant.Name, parts.LabelOf(entry.Install), entry.Task.Name, error.Stack.Length > 0 ? error.Stack : error.Message);
            var wait = FirstRepeat * Math.Pow(2, repeat);
            if (!error.IsRetry || repeat == Repeats || parts.Time.GetUtcNow() + wait >= end)
                return;
            await Task.Delay(wait, parts.Time, stopping);
        }
    }
}
