namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>Dead letters in the file of the events. Thread-safe.</summary>
#pragma warning disable CA1001 // A semaphore whose handle nobody asks for holds nothing.
internal sealed class SqliteDeadLetters(QueueStore store, TimeProvider time) : IDeadLetters
#pragma warning restore CA1001
{
    private const int Page = 100;

    // Between reading letters and putting them back, nobody else takes them.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Told of a tenant that has something to do again.</summary>
    public Action<int> Replayed { get; init; } = static _ => { };

    /// <inheritdoc cref="IDeadLetters.ListAsync"/>
    public IReadOnlyList<DeadLetter> List(int tenant, DeadLetterFilter filter, long after, int limit) =>
        store.Read(database => database.DeadLetters.Read(tenant, filter, after, limit, whole: false));

    /// <inheritdoc cref="IDeadLetters.GetAsync"/>
    public DeadLetter? Get(int tenant, long id) =>
        store.Read(database => database.DeadLetters.Read(tenant, new DeadLetterFilter { Ids = [id] }, 0, 1, whole: true)).SingleOrDefault();

    /// <inheritdoc cref="IDeadLetters.CountAsync"/>
    public long Count(int tenant, DeadLetterFilter filter) => store.Read(database => database.DeadLetters.Count(tenant, filter));

    /// <inheritdoc/>
    public IReadOnlyList<(int Tenant, string Stage, long Count)> Counts() => store.Read(static database => database.DeadLetters.Counts());

    ValueTask<IReadOnlyList<DeadLetter>> IDeadLetters.ListAsync(int tenant, DeadLetterFilter filter, long after, int limit) => ValueTask.FromResult(List(tenant, filter, after, limit));

    ValueTask<DeadLetter?> IDeadLetters.GetAsync(int tenant, long id) => ValueTask.FromResult(Get(tenant, id));

    ValueTask<long> IDeadLetters.CountAsync(int tenant, DeadLetterFilter filter) => ValueTask.FromResult(Count(tenant, filter));

    /// <inheritdoc/>
    public async ValueTask<int> ReplayAsync(int tenant, DeadLetterFilter filter, bool fromStart, double perSecond)
    {
        await _turn.WaitAsync();
        try
        {
            return await PutBackAsync(tenant, filter, fromStart, perSecond);
        }
        finally
        {
            _turn.Release();
            Replayed(tenant);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> DeleteAsync(int tenant, DeadLetterFilter filter)
    {
        await _turn.WaitAsync();
        try
        {
            var deleted = 0;
            var outcome = await store.SubmitAsync(new QueueChange(1, database => deleted = database.DeadLetters.Delete(tenant, filter)));
            return outcome == EnqueueOutcome.Stored ? deleted : 0;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<int> PutBackAsync(int tenant, DeadLetterFilter filter, bool fromStart, double perSecond)
    {
        var replayed = 0;
        var page = new ReplayPage(tenant, time.GetUtcNow(), perSecond > 0 ? TimeSpan.FromSeconds(1 / perSecond) : TimeSpan.Zero);
        // What fails again while this runs comes behind the last that is meant.
        var last = store.Read(database => database.DeadLetters.Last(tenant));
        for (long after = 0; ;)
        {
            var letters = store.Read(database => database.DeadLetters.Read(tenant, filter, after, Page, whole: true)).Where(letter => letter.Id <= last).ToList();
            if (letters.Count == 0 || !await PutBackAsync(tenant, letters, page.Take(letters, fromStart)))
                break;
            after = letters[^1].Id;
            replayed += letters.Count;
        }

        return replayed;
    }

    // Both or neither: what is put back is no dead letter any more.
    private async Task<bool> PutBackAsync(int tenant, List<DeadLetter> letters, (IReadOnlyList<QueuedEvent> Events, IReadOnlyList<PostWork> Works) back)
    {
        void Write(QueueDatabase database)
        {
            database.DeadLetters.Delete(tenant, new DeadLetterFilter { Ids = [.. letters.Select(letter => letter.Id)] });
            foreach (var work in back.Works)
                database.Post.Insert(work);
        }

        var outcome = back.Events.Count > 0
            ? await store.EnqueueAsync(back.Events, Write)
            : await store.SubmitAsync(new QueueChange(letters.Count + back.Works.Count, Write));
        if (outcome != EnqueueOutcome.Stored)
            return false;
        store.CountWork(tenant, back.Works.Count, back.Works.Sum(work => (long)work.Body.Length));
        return true;
    }
}
