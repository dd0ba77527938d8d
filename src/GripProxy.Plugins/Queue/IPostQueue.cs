namespace GripProxy.Plugins.Queue;

/// <summary>
/// What is to be done beside the chain, kept in the same store as the events: it is there until it is removed, also after a crash (plugins.md §7.2). Work of
/// events is stored as their chain ends, by <see cref="IEventQueue.RemoveAsync"/>. Thread-safe.
/// </summary>
internal interface IPostQueue
{
    /// <summary>Stores work and returns when it is safe.</summary>
    /// <returns>The outcome, and the work's number if it was stored.</returns>
    ValueTask<(EnqueueOutcome Outcome, long Id)> AddAsync(PostWork work);

    /// <summary>False: another node is to do this work, so it does not begin here any more.</summary>
    bool MayBegin(PostWork work);

    /// <summary>Work of a line that is due here, the longest due first.</summary>
    /// <param name="line">Whose.</param>
    /// <param name="now">The time.</param>
    /// <param name="except">Work that is known already.</param>
    /// <param name="limit">At most so much.</param>
    /// <exception cref="State.StateUnavailableException">It cannot be read now; so with the others that read.</exception>
    ValueTask<IReadOnlyList<PostWork>> ReadDueAsync(PostLineOf line, DateTimeOffset now, IReadOnlyCollection<long> except, int limit);

    /// <summary>When the first of the rest of a line is due, or null.</summary>
    ValueTask<DateTimeOffset?> NextDueAsync(PostLineOf line, IReadOnlyCollection<long> except);

    /// <summary>Work that waits, the oldest first; all of it where <paramref name="install"/> is null.</summary>
    ValueTask<IReadOnlyList<PostWork>> ListAsync(int tenant, int? install, PostLine line, long after, int limit);

    /// <summary>What has not been exported yet: how many bytes and since when.</summary>
    ValueTask<PostBuffer> BufferAsync(PostLineOf line);

    /// <summary>Events of a buffer that have not been tried yet, in order, up to a number of bytes but at least one.</summary>
    ValueTask<IReadOnlyList<PostWork>> ReadBufferAsync(PostLineOf line, long bytes);

    /// <summary>The events of the batch that is due next, or none.</summary>
    ValueTask<IReadOnlyList<PostWork>> ReadBatchAsync(PostLineOf line);

    /// <summary>Forgets work: it is done.</summary>
    /// <returns>False if the store cannot be written: then it is still there, as with the following two.</returns>
    ValueTask<bool> RemoveAsync(IReadOnlyList<PostWork> works);

    /// <summary>Notes attempts, time, method, batch and body of work.</summary>
    /// <param name="works">The work.</param>
    /// <param name="grown">Bytes by which the bodies have grown.</param>
    ValueTask<bool> UpdateAsync(IReadOnlyList<PostWork> works, long grown = 0);

    /// <summary>Moves work to the dead letters, several as one batch.</summary>
    ValueTask<bool> BuryAsync(IReadOnlyList<PostWork> works, DeadLetterReason reason);

    /// <summary>Numbers of the installs that work of a tenant waits for.</summary>
    ValueTask<IReadOnlyList<int>> InstallsAsync(int tenant);

    /// <summary>How much of a tenant waits.</summary>
    long Count(int tenant);
}
