using GripProxy.Plugins.Pipeline;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>The queue in a file (plugins.md §7.2), with what else is kept in it. Thread-safe. Owned by the running plugins.</summary>
internal sealed class SqliteEventQueue : IWorkStore
{
    private readonly QueueStore _store;
    private readonly TimeProvider _time;

    /// <summary>Opens the file; what waits in it from before is there again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fullSync">Survives power loss too, at the price of a disk write for each commit.</param>
    /// <param name="limits">How much may wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public SqliteEventQueue(string path, bool fullSync, QueueLimits limits, TimeProvider time, ILogger<SqliteEventQueue> logger)
    {
        _store = new QueueStore(path, fullSync, limits, logger);
        _time = time;
        Post = new SqlitePostQueue(_store, time);
        DeadLetters = new SqliteDeadLetters(_store, time) { Replayed = tenant => Woken(tenant) };
        Schedules = new ScheduleMemory(_store);
    }

    /// <inheritdoc cref="IWorkStore.Post"/>
    public SqlitePostQueue Post { get; }

    /// <inheritdoc cref="IWorkStore.DeadLetters"/>
    public SqliteDeadLetters DeadLetters { get; }

    /// <inheritdoc/>
    public IScheduleMemory Schedules { get; }

    /// <inheritdoc/>
    public Action<int> Woken { get; set; } = static _ => { };

    /// <inheritdoc/>
    public Func<Task> LetGo { get; set; } = static () => Task.CompletedTask;

    /// <inheritdoc/>
    public string Sender => "";

    /// <inheritdoc/>
    public Action<int, Guid, EventEnd> SenderTold { get; set; } = static (_, _, _) => { };

    IPostQueue IWorkStore.Post => Post;

    IDeadLetters IWorkStore.DeadLetters => DeadLetters;

    /// <inheritdoc/>
    public void TellSender(QueuedEvent ended, Guid uuid, EventEnd end)
    {
        // All senders wait here.
    }

    /// <inheritdoc/>
    public ValueTask<EnqueueOutcome> EnqueueAsync(IReadOnlyList<QueuedEvent> events) => _store.EnqueueAsync(events);

    /// <inheritdoc/>
    public bool MayBegin(QueuedEvent one) => true;

    /// <inheritdoc/>
    public bool MayEnd(QueuedEvent one) => true;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<QueuedEvent>> ReadAsync(int tenant, long after, int limit) =>
        ValueTask.FromResult(_store.Read(database => database.Events.Read(tenant, after, limit)));

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAsync(int tenant, IReadOnlyList<QueuedEvent> events, IReadOnlyList<PostWork> next)
    {
        var change = new QueueChange(events.Count + next.Count, database =>
        {
            foreach (var one in events)
                database.Events.Delete(tenant, one.Sequence);
            foreach (var work in next)
                database.Post.Insert(work);
        });
        if (await _store.SubmitAsync(change) != EnqueueOutcome.Stored)
            return false;
        _store.ReleaseEvents(tenant, events.Count, events.Sum(one => (long)one.Body.Length));
        _store.CountWork(tenant, next.Count, next.Sum(work => (long)work.Body.Length));
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> PostponeAsync(QueuedEvent postponed) =>
        await _store.SubmitAsync(new QueueChange(1, database => database.Events.Postpone(postponed))) == EnqueueOutcome.Stored;

    /// <inheritdoc/>
    public async ValueTask<bool> BuryAsync(QueuedEvent dead, DeadLetterReason reason)
    {
        var letter = DeadLetter.Of(dead, reason, _time.GetUtcNow());
        var change = new QueueChange(1, database =>
        {
            database.DeadLetters.Insert(letter);
            database.Events.Delete(dead.Tenant, dead.Sequence);
        });
        if (await _store.SubmitAsync(change) != EnqueueOutcome.Stored)
            return false;
        _store.ReleaseEvents(dead.Tenant, 1, dead.Body.Length);
        return true;
    }

    /// <inheritdoc/>
    public QueueUsage Usage(int tenant) => _store.Usage(tenant);

    /// <inheritdoc/>
    public void Start()
    {
        // What waits can be read as soon as the file is open.
    }

    /// <inheritdoc/>
    public DateTimeOffset? Oldest(int tenant) => _store.Read(database => database.Events.Oldest(tenant));

    /// <inheritdoc/>
    public DateTimeOffset? OldestPost(int tenant) => _store.Read(database => database.Post.Oldest(tenant));

    /// <inheritdoc/>
    public long Retrying(int tenant) => _store.Read(database => database.Events.Retrying(tenant) + database.Post.Retrying(tenant));

    /// <summary>Writes what was given so far and closes the file.</summary>
    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
