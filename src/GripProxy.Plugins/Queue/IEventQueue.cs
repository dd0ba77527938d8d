namespace GripProxy.Plugins.Queue;

/// <summary>
/// Events between acceptance and the end of their work: what was accepted is there until it is removed, also after a crash (plugins.md §7.2, §8.1). Thread-safe.
/// </summary>
internal interface IEventQueue
{
    /// <summary>Stores events, all or none, and returns when they are safe.</summary>
    ValueTask<EnqueueOutcome> EnqueueAsync(IReadOnlyList<QueuedEvent> events);

    /// <summary>False: another node is to see this event to its end, so it does not begin here any more.</summary>
    bool MayBegin(QueuedEvent one);

    /// <summary>False: another node sees this event to its end now, and what became of it here counts for nothing.</summary>
    bool MayEnd(QueuedEvent one);

    /// <summary>Events of a tenant behind a place in the queue, in order.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="after">Place of the last event known, or 0.</param>
    /// <param name="limit">At most so many.</param>
    ValueTask<IReadOnlyList<QueuedEvent>> ReadAsync(int tenant, long after, int limit);

    /// <summary>Forgets events, whose way through the chain is done, and stores what is to be done with them now: both or neither.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="events">The events.</param>
    /// <param name="next">Work beside the chain.</param>
    /// <returns>True if it is so; false if the store cannot be written.</returns>
    ValueTask<bool> RemoveAsync(int tenant, IReadOnlyList<QueuedEvent> events, IReadOnlyList<PostWork> next);

    /// <summary>Notes that an event was tried and when it may be tried again. Doing it twice changes nothing more.</summary>
    /// <returns>True if it is so; false if the store cannot be written.</returns>
    ValueTask<bool> PostponeAsync(QueuedEvent postponed);

    /// <summary>Moves an event to the dead letters.</summary>
    /// <returns>True if it is so; false if the store cannot be written.</returns>
    ValueTask<bool> BuryAsync(QueuedEvent dead, DeadLetterReason reason);

    /// <summary>How much of a tenant waits.</summary>
    QueueUsage Usage(int tenant);
}
