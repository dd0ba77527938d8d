using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Tests.Events;

/// <summary>A queue whose disk fails when a test says so.</summary>
internal sealed class FailingQueue(IEventQueue inner, Func<EnqueueOutcome?> fails) : IEventQueue
{
    public bool MayBegin(QueuedEvent one) => inner.MayBegin(one);

    public bool MayEnd(QueuedEvent one) => inner.MayEnd(one);

    /// <summary>False: an event cannot be postponed now. It may also throw.</summary>
    public Func<QueuedEvent, bool> Postpones { get; init; } = static _ => true;

    /// <summary>Awaited before events are removed.</summary>
    public Func<Task> Removing { get; init; } = static () => Task.CompletedTask;

    public ValueTask<EnqueueOutcome> EnqueueAsync(IReadOnlyList<QueuedEvent> events) => fails() is { } outcome ? ValueTask.FromResult(outcome) : inner.EnqueueAsync(events);

    public ValueTask<IReadOnlyList<QueuedEvent>> ReadAsync(int tenant, long after, int limit) => inner.ReadAsync(tenant, after, limit);

    public async ValueTask<bool> RemoveAsync(int tenant, IReadOnlyList<QueuedEvent> events, IReadOnlyList<PostWork> next)
    {
        await Removing();
        return await inner.RemoveAsync(tenant, events, next);
    }

    public async ValueTask<bool> PostponeAsync(QueuedEvent postponed) => Postpones(postponed) && await inner.PostponeAsync(postponed);

    public ValueTask<bool> BuryAsync(QueuedEvent dead, DeadLetterReason reason) => inner.BuryAsync(dead, reason);

    public QueueUsage Usage(int tenant) => inner.Usage(tenant);
}
