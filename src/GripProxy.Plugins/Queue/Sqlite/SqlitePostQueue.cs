namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>Work beside the chain, in the file of the events. Thread-safe.</summary>
internal sealed class SqlitePostQueue(QueueStore store, TimeProvider time) : IPostQueue
{
    /// <inheritdoc/>
    public async ValueTask<(EnqueueOutcome Outcome, long Id)> AddAsync(PostWork work)
    {
        long id = 0;
        var outcome = await store.AddWorkAsync(work, stored => id = stored);
        return (outcome, id);
    }

    /// <inheritdoc/>
    public bool MayBegin(PostWork work) => true;

    /// <inheritdoc cref="IPostQueue.ReadDueAsync"/>
    public IReadOnlyList<PostWork> ReadDue(PostLineOf line, DateTimeOffset now, IReadOnlyCollection<long> except, int limit) =>
        store.Read(database => database.Post.ReadDue(line, now, except, limit));

    /// <inheritdoc cref="IPostQueue.NextDueAsync"/>
    public DateTimeOffset? NextDue(PostLineOf line, IReadOnlyCollection<long> except) => store.Read(database => database.Post.NextDue(line, except));

    /// <inheritdoc cref="IPostQueue.ListAsync"/>
    public IReadOnlyList<PostWork> List(int tenant, int? install, PostLine line, long after, int limit) =>
        store.Read(database => database.Post.List(tenant, install, line, after, limit));

    /// <inheritdoc cref="IPostQueue.BufferAsync"/>
    public PostBuffer Buffer(PostLineOf line) => store.Read(database => database.Post.Buffer(line));

    /// <inheritdoc cref="IPostQueue.ReadBufferAsync"/>
    public IReadOnlyList<PostWork> ReadBuffer(PostLineOf line, long bytes) => store.Read(database => database.Post.ReadBuffer(line, bytes));

    /// <inheritdoc cref="IPostQueue.ReadBatchAsync"/>
    public IReadOnlyList<PostWork> ReadBatch(PostLineOf line) => store.Read(database => database.Post.ReadBatch(line));

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAsync(IReadOnlyList<PostWork> works)
    {
        List<PostWork> gone = [];
        var stored = await store.SubmitAsync(new QueueChange(works.Count, database => gone = Delete(database, works))) == EnqueueOutcome.Stored;
        if (stored)
            Release(gone);
        return stored;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> UpdateAsync(IReadOnlyList<PostWork> works, long grown = 0)
    {
        var change = new QueueChange(works.Count, database =>
        {
            foreach (var work in works)
                database.Post.Update(work);
        });
        var stored = await store.SubmitAsync(change) == EnqueueOutcome.Stored;
        if (stored)
            store.CountWork(works[0].Tenant, 0, grown);
        return stored;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> BuryAsync(IReadOnlyList<PostWork> works, DeadLetterReason reason)
    {
        var letter = DeadLetter.Of(works, reason, time.GetUtcNow());
        List<PostWork> gone = [];
        var change = new QueueChange(works.Count + 1, database =>
        {
            gone = Delete(database, works);
            // Somebody may have thrown it away while it was tried.
            if (gone.Count > 0)
                database.DeadLetters.Insert(letter);
        });
        var stored = await store.SubmitAsync(change) == EnqueueOutcome.Stored;
        if (stored)
            Release(gone);
        return stored;
    }

    /// <inheritdoc cref="IPostQueue.InstallsAsync"/>
    public IReadOnlyList<int> Installs(int tenant) => store.Read(database => database.Post.Installs(tenant));

    /// <inheritdoc/>
    public long Count(int tenant) => store.Works(tenant);

    ValueTask<IReadOnlyList<PostWork>> IPostQueue.ReadDueAsync(PostLineOf line, DateTimeOffset now, IReadOnlyCollection<long> except, int limit) => ValueTask.FromResult(ReadDue(line, now, except, limit));

    ValueTask<DateTimeOffset?> IPostQueue.NextDueAsync(PostLineOf line, IReadOnlyCollection<long> except) => ValueTask.FromResult(NextDue(line, except));

    ValueTask<IReadOnlyList<PostWork>> IPostQueue.ListAsync(int tenant, int? install, PostLine line, long after, int limit) => ValueTask.FromResult(List(tenant, install, line, after, limit));

    ValueTask<PostBuffer> IPostQueue.BufferAsync(PostLineOf line) => ValueTask.FromResult(Buffer(line));

    ValueTask<IReadOnlyList<PostWork>> IPostQueue.ReadBufferAsync(PostLineOf line, long bytes) => ValueTask.FromResult(ReadBuffer(line, bytes));

    ValueTask<IReadOnlyList<PostWork>> IPostQueue.ReadBatchAsync(PostLineOf line) => ValueTask.FromResult(ReadBatch(line));

    ValueTask<IReadOnlyList<int>> IPostQueue.InstallsAsync(int tenant) => ValueTask.FromResult(Installs(tenant));

    // Those that were still there.
    private static List<PostWork> Delete(QueueDatabase database, IReadOnlyList<PostWork> works) => [.. works.Where(work => database.Post.Delete(work.Id))];

    private void Release(List<PostWork> works)
    {
        if (works.Count > 0)
            store.CountWork(works[0].Tenant, -works.Count, -works.Sum(work => (long)work.Body.Length));
    }
}
