using System.Threading.Channels;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Queue;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Pipeline;

/// <summary>
/// Takes a tenant's events from the queue, in batches, events of one distinct id never in two batches at a time, and sees each to its end: published, dropped,
/// tried again, or a dead letter (plugins.md §5.2, §7.2, §8). One loop reads and takes; what waits is in its line. Owned by the tenant's runtime.
/// </summary>
internal sealed partial class EventDispatcher : IAsyncDisposable
{
    private static readonly TimeSpan Failure = TimeSpan.FromSeconds(1);

    // The process has a few seconds to end (CLI-05).
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _processing = [];
    private readonly DispatcherParts _parts;
    private readonly EventEndings _endings = new();
    private readonly ILogger _logger;
    private readonly EventLine _line;
    private Task _running = Task.CompletedTask;
    private long _after;

    /// <summary>Takes nothing yet.</summary>
    public EventDispatcher(DispatcherParts parts, ILogger<EventDispatcher> logger)
    {
        _parts = parts;
        _logger = logger;
        _line = new EventLine(parts.Options, parts.Time, Wake, () => parts.Runner.Replicas);
    }

    /// <summary>Events that are in the chain now.</summary>
    public int InFlight => _line.InFlight;

    /// <summary>How long the oldest event that was not tried yet has waited for its chain.</summary>
    public TimeSpan Waiting => _line.Waiting;

    /// <summary>Begins, with what waits from before.</summary>
    public void Start()
    {
        _running = RunAsync();
        Wake();
    }

    /// <summary>There may be something to do.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>Forgets events that are another node's now. Completes when none of them is under way.</summary>
    public Task LetGoAsync()
    {
        _line.Forget(one => !_parts.Queue.MayBegin(one));
        lock (_gate)
            return Task.WhenAll(_processing);
    }

    /// <summary>
    /// Takes nothing more and waits a little for what is under way; what has not been published then waits in the queue for whoever takes this one's place, and for the
    /// end of what has been published it waits.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _wakes.Writer.TryComplete();
        await _running;
        Task[] under;
        lock (_gate)
            under = [.. _processing];
        await Task.WhenAny(Task.WhenAll(under), Task.Delay(Farewell, _parts.Time));
        await _endings.CloseAsync();
        await _line.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _wakes.Reader.WaitToReadAsync(_stopping.Token))
            {
                _wakes.Reader.TryRead(out _);
                await FillAsync();
                while (!_parts.IsPaused() && _line.NextBatch() is { } batch)
                    Follow(ProcessAsync(batch));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void Follow(Task processing)
    {
        lock (_gate)
            _processing.Add(processing);
        _ = ForgetAsync(processing);
    }

    private async Task ForgetAsync(Task processing)
    {
        await processing;
        lock (_gate)
            _processing.Remove(processing);
    }

    private async Task FillAsync()
    {
        if (_line.TakeDue() is not (> 0 and var room))
            return;
        IReadOnlyList<QueuedEvent> read;
        try
        {
            read = await _parts.Queue.ReadAsync(_parts.Tenant.Number, _after, room);
        }
        catch (Exception e)
        {
            Log.QueueUnreadable(_logger, e, _parts.Tenant.Name);
            _line.WakeAfter(Failure);
            return;
        }

        if (read.Count == 0)
            return;
        _after = read[^1].Sequence;
        _line.Add(read);
    }

    // Until they are published they can be put back; from then on there is only their end to be stored.
    private async Task ProcessAsync(CellBatch batch)
    {
        var begun = false;
        try
        {
            if (await TryRunAsync(batch) is not { } fates || !(begun = _endings.TryBegin()))
                return;
            if (await TryPublishAsync(batch, fates) is { } results)
                await FinishAsync(results);
        }
        catch (OperationCanceledException)
        {
            // Stopping: what has not ended is in the queue.
        }
        catch (Exception e)
        {
            Log.NotFinished(_logger, e, _parts.Tenant.Name, batch.Events.Count);
        }
        finally
        {
            if (begun)
                _endings.End();
        }
    }

    private async Task<IReadOnlyList<EventFate>?> TryRunAsync(CellBatch batch)
    {
        try
        {
            return await _parts.Runner.RunAsync(batch.Replica, batch.Events, _stopping.Token);
        }
        catch (WorkerEndedException e) when (e.End == WorkerEnd.Stopped)
        {
            // Stopping: the events are in the queue.
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            NotDone(e, batch);
            return null;
        }
    }

    private async Task<IReadOnlyList<(QueuedEvent Event, EventFate Fate)>?> TryPublishAsync(CellBatch batch, IReadOnlyList<EventFate> fates)
    {
        try
        {
            var results = await _parts.Publisher.PublishAsync([.. batch.Events.Zip(fates)], _parts.Queue.MayEnd);
            CountTimes(results);
            // Order was decided by publishing; storing the end may overlap with the next batch of the same ids.
            _line.Release(batch, results.Where(result => result.Fate.RetryOf is not null).Select(result => result.Event.Key));
            return results;
        }
        catch (Exception e)
        {
            NotDone(e, batch);
            return null;
        }
    }

    // No process could be started, or the like: all goes on as it was, a little later.
    private void NotDone(Exception exception, CellBatch batch)
    {
        Log.BatchNotDone(_logger, exception, _parts.Tenant.Name, batch.Events.Count);
        _line.PutBack(batch, [.. batch.Events.Where(_parts.Queue.MayBegin)], Failure);
    }

    private void CountTimes(IReadOnlyList<(QueuedEvent Event, EventFate Fate)> results)
    {
        if (_parts.Instruments is not { } instruments)
            return;
        var now = _parts.Time.GetUtcNow();
        foreach (var (queued, _) in results.Where(static result => result.Fate.Final.HasValue))
            instruments.Finished(now - queued.Received);
    }

    private async Task FinishAsync(IReadOnlyList<(QueuedEvent Event, EventFate Fate)> results)
    {
        await HandOverAsync([.. results.Where(result => result.Fate is { RetryOf: null, Dead: null })]);
        foreach (var (queued, fate) in results)
        {
            if (fate is { RetryOf: null, Dead: null })
                _parts.Waits.Tell(queued, fate.Event is null ? EventEnd.Dropped : EventEnd.Published);
            else if (fate.Dead is { } reason)
                await BuryAsync(queued, reason);
            else if (fate is { RetryOf: { } asking, RetryError: { } error })
                await TryLaterAsync(queued, asking.Install.Number, error);
        }
    }

    private async Task HandOverAsync(IReadOnlyList<(QueuedEvent Event, EventFate Fate)> done)
    {
        if (done.Count == 0)
            return;
        var post = _parts.Post;
        var next = post?.WorkFor(done.Where(one => one.Fate.Final.HasValue).Select(one => (one.Fate.Final.GetValueOrDefault(), one.Event))) ?? [];
        // An event that is forgotten must not be in the memory of this process alone.
        await _parts.Flush();
        await StoreAsync(() => _parts.Queue.RemoveAsync(_parts.Tenant.Number, [.. done.Select(one => one.Event)], next));
        if (next.Count > 0)
            post!.Stored(next); // It made them.
    }

    // What has ended and stays in the queue would happen again after the next start.
    private async Task StoreAsync(Func<ValueTask<bool>> store)
    {
        while (!await store())
            await Task.Delay(Failure, _parts.Time, _stopping.Token);
    }

    private async Task TryLaterAsync(QueuedEvent queued, int install, PluginError error)
    {
        var attempts = queued.Attempts + 1;
        if (RetrySchedule.Chain.After(attempts, _parts.Random) is not { } delay)
        {
            await BuryAsync(queued, new DeadLetterReason(DeadLetterReason.Chain, install, $"{error.Name}: {error.Message}", error.Stack));
            _line.LetGo(queued.Key);
            return;
        }

        var due = _parts.Time.GetUtcNow() + delay;
        var postponed = queued with { Attempts = attempts, NotBefore = due };
        await StoreAsync(() => TryPostponeAsync(postponed));
        _line.Postpone(postponed, due);
    }

    // Nobody else brings an event back that is in no batch and not in the line. Storing it twice does no harm, so whatever failed is tried again.
    private async ValueTask<bool> TryPostponeAsync(QueuedEvent postponed)
    {
        try
        {
            return await _parts.Queue.PostponeAsync(postponed);
        }
        catch (Exception e)
        {
            Log.NotFinished(_logger, e, _parts.Tenant.Name, 1);
            return false;
        }
    }

    private async Task BuryAsync(QueuedEvent queued, DeadLetterReason reason)
    {
        Log.Buried(_logger, _parts.Tenant.Name, reason.Install == 0 ? "its routes" : $"plugin {_parts.LabelOf(reason.Install)}", reason.Error);
        await StoreAsync(() => _parts.Queue.BuryAsync(queued, reason));
        _parts.Waits.Tell(queued, EventEnd.Failed);
    }

    private static partial class Log
    {
        [LoggerMessage(7210, LogLevel.Error, "plugins of {Tenant}: a batch of {Count} events was not done", EventName = "BatchNotDone")]
        public static partial void BatchNotDone(ILogger logger, Exception exception, string tenant, int count);

        [LoggerMessage(7213, LogLevel.Error, "plugins of {Tenant}: the end of {Count} events could not be stored", EventName = "BatchNotFinished")]
        public static partial void NotFinished(ILogger logger, Exception exception, string tenant, int count);

        [LoggerMessage(7212, LogLevel.Error, "plugins of {Tenant}: the event queue cannot be read", EventName = "QueueUnreadable")]
        public static partial void QueueUnreadable(ILogger logger, Exception exception, string tenant);

        [LoggerMessage(7211, LogLevel.Warning, "plugins of {Tenant}: an event is a dead letter because of {Cause}: {Reason}", EventName = "EventBuried")]
        public static partial void Buried(ILogger logger, string tenant, string cause, string reason);
    }
}
