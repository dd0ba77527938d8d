using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>
/// The queue in a file (plugins.md §7.2). Changes go through one committer, which writes all that have gathered while it wrote the last ones: one transaction
/// for many requests under load, and none that waits when there is no load. Thread-safe. Owned by the plugin host.
/// </summary>
internal sealed partial class SqliteEventQueue : IEventQueue, IAsyncDisposable
{
    private const int MostRows = 500;

    private readonly Channel<QueueChange> _changes = Channel.CreateUnbounded<QueueChange>(new() { SingleReader = true });
    private readonly Lock _reading = new();
    private readonly Lock _counting = new();
    private readonly Dictionary<int, long> _events = [];
    private readonly QueueDatabase _writer;
    private readonly QueueDatabase _reader;
    private readonly QueueLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger<SqliteEventQueue> _logger;
    private readonly Task _committing;
    private long _bytes;
    private long _last;

    /// <summary>Opens the file; what waits in it from before is there again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fullSync">Survives power loss too, at the price of a disk write for each commit.</param>
    /// <param name="limits">How much may wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public SqliteEventQueue(string path, bool fullSync, QueueLimits limits, TimeProvider time, ILogger<SqliteEventQueue> logger)
    {
        _limits = limits;
        _time = time;
        _logger = logger;
        _writer = QueueDatabase.Open(path, fullSync, limits);
        _reader = QueueDatabase.Open(path, fullSync, limits);
        foreach (var (tenant, (events, bytes, last)) in _writer.Count())
        {
            _events[tenant] = events;
            _bytes += bytes;
            _last = Math.Max(_last, last);
        }

        _committing = CommitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask<EnqueueOutcome> EnqueueAsync(IReadOnlyList<QueuedEvent> events)
    {
        var size = events.Sum(one => (long)one.Body.Length);
        if (Submit(events, size) is not { } change)
            return EnqueueOutcome.QueueFull;
        var outcome = await change.Done;
        if (outcome != EnqueueOutcome.Stored)
            Release(events[0].Tenant, events.Count, size);
        return outcome;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<QueuedEvent>> ReadAsync(int tenant, long after, int limit)
    {
        lock (_reading)
            return ValueTask.FromResult(_reader.Read(tenant, after, limit));
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(int tenant, IReadOnlyList<QueuedEvent> events)
    {
        if (await SubmitAsync(new QueueChange { Tenant = tenant, Removed = [.. events.Select(one => one.Sequence)] }) == EnqueueOutcome.Stored)
            Release(tenant, events.Count, events.Sum(one => (long)one.Body.Length));
    }

    /// <inheritdoc/>
    public async ValueTask PostponeAsync(QueuedEvent postponed) => await SubmitAsync(new QueueChange { Postponed = postponed });

    /// <inheritdoc/>
    public async ValueTask BuryAsync(QueuedEvent dead, DeadLetterReason reason)
    {
        if (await SubmitAsync(new QueueChange { Tenant = dead.Tenant, Removed = [dead.Sequence], Buried = reason, BuriedAt = _time.GetUtcNow() }) == EnqueueOutcome.Stored)
            Release(dead.Tenant, 1, dead.Body.Length);
    }

    /// <summary>How many dead letters a tenant has.</summary>
    public long CountDeadLetters(int tenant)
    {
        lock (_reading)
            return _reader.CountDeadLetters(tenant);
    }

    /// <inheritdoc/>
    public QueueUsage Usage(int tenant)
    {
        lock (_counting)
            return new QueueUsage(_events.GetValueOrDefault(tenant), _limits.Events, _bytes, _limits.Bytes);
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

    // Places are given and changes queued under one lock: whoever has read up to a place finds nothing new before it.
    private QueueChange? Submit(IReadOnlyList<QueuedEvent> events, long size)
    {
        var tenant = events[0].Tenant;
        lock (_counting)
        {
            var waiting = _events.GetValueOrDefault(tenant);
            if (waiting + events.Count > _limits.Events || _bytes + size > _limits.Bytes)
                return null;
            _events[tenant] = waiting + events.Count;
            _bytes += size;
            var change = new QueueChange { Stored = [.. events.Select(one => one with { Sequence = ++_last })] };
            _ = SubmitAsync(change);
            return change;
        }
    }

    private void Release(int tenant, int count, long size)
    {
        lock (_counting)
        {
            _events[tenant] -= count;
            _bytes -= size;
        }
    }

    private Task<EnqueueOutcome> SubmitAsync(QueueChange change)
    {
        if (!_changes.Writer.TryWrite(change))
            change.Complete(EnqueueOutcome.Unavailable);
        return change.Done;
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
        catch (SqliteException e)
        {
            Log.CommitFailed(_logger, e.Message);
            return QueueDatabase.IsDiskFull(e) ? EnqueueOutcome.DiskFull : EnqueueOutcome.Unavailable;
        }
    }
}
