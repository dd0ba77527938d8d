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
    public IReadOnlyList<PostWork> ReadDue(PostLineOf line, DateTimeOffset now, IReadOnlyCollection<long> except, int limit) =>
        store.Read(database => database.Post.ReadDue(line, now, except, limit));

    /// <inheritdoc/>
    public DateTimeOffset? NextDue(PostLineOf line, IReadOnlyCollection<long> except) => store.Read(database => database.Post.NextDue(line, except));

    /// <inheritdoc/>
    public IReadOnlyList<PostWork> List(int tenant, int? install, PostLine line, long after, int limit) =>
        store.Read(database => database.Post.List(tenant, install, line, after, limit));

    /// <inheritdoc/>
    public PostBuffer Buffer(PostLineOf line) => store.Read(database => database.Post.Buffer(line));

    /// <inheritdoc/>
    public IReadOnlyList<PostWork> ReadBuffer(PostLineOf line, long bytes) => store.Read(database => database.Post.ReadBuffer(line, bytes));

    /// <inheritdoc/>
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
        var first = works[0];
        var letter = new DeadLetter
        {
            Id = 0,
            Tenant = first.Tenant,
            Time = time.GetUtcNow(),
            Stage = reason.Stage,
            Install = first.Install,
            Attempts = first.Attempts + 1,
            Replayed = first.Replayed,
            Error = reason.Error,
            Stack = reason.Stack,
            Event = first.Line == PostLine.Jobs ? first.Method[PostWork.JobPrefix.Length..] : works.Count == 1 ? first.Event : "",
            Received = first.Created,
            Body = first.Line == PostLine.Exports ? PostBatch.Join(works) : first.Body,
        };
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

    /// <inheritdoc/>
    public IReadOnlyList<int> Installs(int tenant) => store.Read(database => database.Post.Installs(tenant));

    /// <inheritdoc/>
    public long Count(int tenant) => store.Works(tenant);

    // Those that were still there.
    private static List<PostWork> Delete(QueueDatabase database, IReadOnlyList<PostWork> works) => [.. works.Where(work => database.Post.Delete(work.Id))];

    private void Release(List<PostWork> works)
    {
        if (works.Count > 0)
            store.CountWork(works[0].Tenant, -works.Count, -works.Sum(work => (long)work.Body.Length));
    }
}
