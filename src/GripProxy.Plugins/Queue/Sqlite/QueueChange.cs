namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>One change that waits for the next commit. Completed once, by the committer.</summary>
internal sealed class QueueChange
{
    private readonly TaskCompletionSource<EnqueueOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Events to store; empty for other changes.</summary>
    public IReadOnlyList<QueuedEvent> Stored { get; init; } = [];

    /// <summary>Tenant of the removed events.</summary>
    public int Tenant { get; init; }

    /// <summary>Places of events to remove.</summary>
    public IReadOnlyList<long> Removed { get; init; } = [];

    /// <summary>Event whose attempts and time are to be noted, or null.</summary>
    public QueuedEvent? Postponed { get; init; }

    /// <summary>Why the removed event becomes a dead letter, or null.</summary>
    public DeadLetterReason? Buried { get; init; }

    /// <summary>When that was decided.</summary>
    public DateTimeOffset BuriedAt { get; init; }

    /// <summary>Rows that it touches.</summary>
    public int Rows => Stored.Count + Removed.Count + (Postponed is null ? 0 : 1);

    /// <summary>Completes with the commit; never fails.</summary>
    public Task<EnqueueOutcome> Done => _done.Task;

    /// <summary>The commit is over.</summary>
    public void Complete(EnqueueOutcome outcome) => _done.TrySetResult(outcome);
}
