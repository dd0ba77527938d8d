using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>
/// The file of everything that waits (plugins.md §7.2). Changes go through one committer, which writes all that have gathered while it wrote the last ones: one
/// transaction for many requests under load, and none that waits when there is no load. Thread-safe. Owned by the event queue.
/// </summary>
internal sealed partial class QueueStore : IAsyncDisposable
{
    private const int MostRows = 500;

    private readonly Channel<QueueChange> _changes = Channel.CreateUnbounded<QueueChange>(new() { SingleReader = true });
    private readonly Lock _reading = new();
    private readonly Lock _counting = new();
    private readonly Dictionary<int, long> _events = [];
    private readonly Dictionary<int, long> _works = [];
    private readonly QueueDatabase _writer;
    private readonly QueueDatabase _reader;
    private readonly ILogger _logger;
    private readonly Task _committing;
    private long _bytes;
    private long _last;

    /// <summary>Opens the file; what waits in it from before is there again.</summary>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public QueueStore(string path, bool fullSync, QueueLimits limits, ILogger logger)
    {
        Limits = limits;
        _logger = logger;
        _writer = QueueDatabase.Open(path, fullSync, limits);
        _reader = QueueDatabase.Open(path, fullSync, limits);
        foreach (var (tenant, events, bytes, last) in _writer.Events.Count())
        {
            _events[tenant] = events;
            _bytes += bytes;
            _last = Math.Max(_last, last);
        }

        foreach (var (tenant, works, bytes) in _writer.Post.Count())
        {
            _works[tenant] = works;
            _bytes += bytes;
        }

        _committing = CommitAsync();
    }

    /// <summary>How much may wait.</summary>
    public QueueLimits Limits { get; }

    /// <summary>Looks at what is committed. Nobody else reads meanwhile.</summary>
    public T Read<T>(Func<QueueDatabase, T> read)
    {
        lock (_reading)
            return read(_reader);
    }

    /// <summary>Stores events if they may still wait, each at the next place.</summary>
    /// <param name="events">Events of one tenant.</param>
    /// <param name="also">Done in the same transaction, or null.</param>
    public async ValueTask<EnqueueOutcome> EnqueueAsync(IReadOnlyList<QueuedEvent> events, Action<QueueDatabase>? also = null)
    {
        var tenant = events[0].Tenant;
        var size = events.Sum(one => (long)one.Body.Length);
        if (!TryReserve(_events, tenant, events.Count, size, () => SubmitStored(events, also), out var stored))
            return EnqueueOutcome.QueueFull;
        var outcome = await stored!; // There is one where there was room.
        if (outcome != EnqueueOutcome.Stored)
            ReleaseEvents(tenant, events.Count, size);
        return outcome;
    }

    /// <summary>Stores work if it may still wait.</summary>
    public async ValueTask<EnqueueOutcome> AddWorkAsync(PostWork work, Action<long> stored)
    {
        var change = new QueueChange(1, database => stored(database.Post.Insert(work)));
        if (!TryReserve(_works, work.Tenant, 1, work.Body.Length, () => SubmitAsync(change), out var done))
            return EnqueueOutcome.QueueFull;
        var outcome = await done!; // There is one where there was room.
        if (outcome != EnqueueOutcome.Stored)
            CountWork(work.Tenant, -1, -work.Body.Length);
        return outcome;
    }

    /// <summary>Makes a change with the next commit.</summary>
    /// <returns>Completes with the commit; never fails.</returns>
    public Task<EnqueueOutcome> SubmitAsync(QueueChange change)
    {
        if (!_changes.Writer.TryWrite(change))
            change.Complete(EnqueueOutcome.Unavailable);
        return change.Done;
    }

    /// <summary>Events have left.</summary>
    public void ReleaseEvents(int tenant, int count, long size)
    {
        lock (_counting)
        {
            _events[tenant] -= count;
            _bytes -= size;
        }
    }

    /// <summary>Work has come or left.</summary>
    public void CountWork(int tenant, int count, long size)
    {
        lock (_counting)
        {
            _works[tenant] = _works.GetValueOrDefault(tenant) + count;
            _bytes += size;
        }
    }

    /// <summary>How much of a tenant waits, work beside the chain included.</summary>
    public QueueUsage Usage(int tenant)
    {
        lock (_counting)
            return new QueueUsage(_events.GetValueOrDefault(tenant) + _works.GetValueOrDefault(tenant), Limits.Events, _bytes, Limits.Bytes);
    }

    /// <summary>Work of a tenant that waits.</summary>
    public long Works(int tenant)
    {
        lock (_counting)
            return _works.GetValueOrDefault(tenant);
    }

    /// <summary>Writes what was given so far and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _committing;
        lock (_reading)
            _reader.Dispose();
        _writer.Dispose();
    }

    // What waits beside the chain counts with the events: a service that is away fills the queue, and then senders are told. The chain never waits for it.
    private bool TryReserve(Dictionary<int, long> counts, int tenant, int count, long size, Func<Task<EnqueueOutcome>> submit, out Task<EnqueueOutcome>? submitted)
    {
        submitted = null;
        lock (_counting)
        {
            var waiting = _events.GetValueOrDefault(tenant) + _works.GetValueOrDefault(tenant);
            if (waiting + count > Limits.Events || _bytes + size > Limits.Bytes)
                return false;
            counts[tenant] = counts.GetValueOrDefault(tenant) + count;
            _bytes += size;
            submitted = submit();
            return true;
        }
    }

    // Under the lock: places are given and changes queued in one go, so that whoever has read up to a place finds nothing new before it.
    private Task<EnqueueOutcome> SubmitStored(IReadOnlyList<QueuedEvent> events, Action<QueueDatabase>? also)
    {
        List<QueuedEvent> placed = [.. events.Select(one => one with { Sequence = ++_last })];
        return SubmitAsync(new QueueChange(placed.Count, database =>
        {
            foreach (var one in placed)
                database.Events.Insert(one);
            also?.Invoke(database);
        }));
    }

    private async Task CommitAsync()
    {
        List<QueueChange> batch = [];
        while (await _changes.Reader.WaitToReadAsync())
        {
            batch.Clear();
            for (var rows = 0; rows < MostRows && _changes.Reader.TryRead(out var change); rows += change.Rows)
                batch.Add(change);
            var outcome = Commit(batch);
            foreach (var change in batch)
                change.Complete(outcome);
        }
    }

    private EnqueueOutcome Commit(List<QueueChange> batch)
    {
        try
        {
            _writer.Commit(batch);
            return EnqueueOutcome.Stored;
        }
        catch (Exception e)
        {
            // Whatever it was: who waits is told, and the next commit is made.
            Log.CommitFailed(_logger, e, e.Message);
            return e is SqliteException error && QueueDatabase.IsDiskFull(error) ? EnqueueOutcome.DiskFull : EnqueueOutcome.Unavailable;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7000, LogLevel.Error, "the event queue cannot be written: {Reason}", EventName = "QueueCommitFailed")]
        public static partial void CommitFailed(ILogger logger, Exception exception, string reason);
    }
}
