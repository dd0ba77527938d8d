using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Queue;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Post;

/// <summary>Works off the single pieces of work of an install, several at a time, each to its end: done, tried again, or a dead letter. Owned by the stage.</summary>
internal sealed partial class PostLane : PostLoop
{
    private const int Ahead = 100;

    private readonly Lock _gate = new();
    private readonly HashSet<long> _known = [];
    private readonly RunningTasks _under;
    private readonly Queue<PostWork> _ready = new();
    private readonly PostCaller _caller;

    /// <summary>Does nothing yet.</summary>
    public PostLane(PostLineOf line, PostParts parts, PostCaller caller, ILogger logger, CancellationToken stopping)
        : base(line, parts, logger, stopping)
    {
        _caller = caller;
        _under = new RunningTasks(Wake);
    }

    /// <summary>How much is under way.</summary>
    public int InFlight => _under.Count;

    /// <inheritdoc/>
    public override Task LetGoAsync() => _under.WhenEnded();

    /// <inheritdoc/>
    protected override async Task StepAsync(CallablePlugin plugin)
    {
        while (!IsPaused && await TakeAsync() is { } work)
            _under.Add(ProcessAsync(work));
    }

    /// <inheritdoc/>
    protected override async Task BuryAllAsync()
    {
        while (await Parts.Queue.ReadDueAsync(Line, DateTimeOffset.MaxValue, UnderWay(), Ahead) is { Count: > 0 } works)
        {
            foreach (var work in works)
            {
                if (await BuryAsync([work], new DeadLetterReason(PostCaller.StageOf(work), Line.Install, "the plugin is not installed any more")))
                    continue;
                Pause();
                return;
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task WhileOffAsync()
    {
        if (Line.Line != PostLine.Jobs || !Parts.SkipJobsWhenDisabled)
            return;
        while (await Parts.Queue.ReadDueAsync(Line, Parts.Time.GetUtcNow(), UnderWay(), Ahead) is { Count: > 0 } works)
        {
            Log.Skipped(Logger, Parts.Tenant.Name, works.Count, Parts.LabelOf(Line.Install));
            if (await Parts.Queue.RemoveAsync(works))
                continue;
            Pause();
            return;
        }

        WakeAt(await Parts.Queue.NextDueAsync(Line, UnderWay()));
    }

    // What was read ahead and has not begun is as if it had not been read.
    private long[] UnderWay()
    {
        lock (_gate)
        {
            _known.ExceptWith(_ready.Select(work => work.Id));
            _ready.Clear();
            return [.. _known];
        }
    }

    private async Task<PostWork?> TakeAsync()
    {
        long[] known;
        lock (_gate)
        {
            if (_under.Count >= Parts.Tasks)
                return null;
            if (_ready.TryDequeue(out var work))
                return work;
            known = [.. _known];
        }

        var due = await Parts.Queue.ReadDueAsync(Line, Parts.Time.GetUtcNow(), known, Ahead);
        if (due.Count == 0)
        {
            WakeAt(await Parts.Queue.NextDueAsync(Line, known));
            return null;
        }

        lock (_gate)
        {
            foreach (var work in due)
            {
                _known.Add(work.Id);
                _ready.Enqueue(work);
            }

            return _ready.Dequeue();
        }
    }

    private async Task ProcessAsync(PostWork work)
    {
        // Never on the loop: the plugin's answer may be there already.
        await Task.Yield();
        try
        {
            if (!await DoAsync(work))
                Pause();
        }
        catch (OperationCanceledException)
        {
            // Stopping: the work is in the queue.
            return;
        }
        catch (Exception e)
        {
            Log.Failed(Logger, e, Parts.Tenant.Name, Parts.LabelOf(work.Install), work.Method);
            Pause();
        }

        lock (_gate)
            _known.Remove(work.Id);
    }

    // False if it is as it was.
    private async Task<bool> DoAsync(PostWork work)
    {
        // It was read ahead, and has gone to another node since.
        if (!Parts.Queue.MayBegin(work))
            return true;
        var outcome = await _caller.DoAsync(work);
        switch (outcome.End)
        {
            case PostEnd.Done:
                return await Parts.Queue.RemoveAsync([work]);
            case PostEnd.GoesOn:
                return await Parts.Queue.UpdateAsync([outcome.Next!], outcome.Next!.Body.Length - work.Body.Length) && await DoAsync(outcome.Next); // There is one.
            case PostEnd.Retry:
                return await TryLaterAsync(work, outcome);
            case PostEnd.Dead:
                return await BuryAsync([work], Reason(work, outcome.Error!)); // There is one.
            default:
                return false;
        }
    }

    private async Task<bool> TryLaterAsync(PostWork work, PostOutcome outcome)
    {
        var attempts = work.Attempts + 1;
        if (PostCaller.ScheduleOf(work).After(attempts, Parts.Random) is not { } delay)
            return await BuryAsync([work], Reason(work, outcome.Error!)); // There is one.
        if (outcome.Pause > delay)
            delay = outcome.Pause.Value;
        return await Parts.Queue.UpdateAsync([work with { Attempts = attempts, Due = Parts.Time.GetUtcNow() + delay }]);
    }

    private static DeadLetterReason Reason(PostWork work, PluginError error) =>
        new(PostCaller.StageOf(work), work.Install, $"{error.Name}: {error.Message}", error.Stack);

    private static partial class Log
    {
        [LoggerMessage(7404, LogLevel.Error, "plugins of {Tenant}: {Method} of plugin {Install} was not done", EventName = "PostWorkFailed")]
        public static partial void Failed(ILogger logger, Exception exception, string tenant, string install, string method);

        [LoggerMessage(7405, LogLevel.Information, "plugins of {Tenant}: {Count} jobs of plugin {Install}, which is off, are dropped", EventName = "PostJobsSkipped")]
        public static partial void Skipped(ILogger logger, string tenant, int count, string install);
    }
}
