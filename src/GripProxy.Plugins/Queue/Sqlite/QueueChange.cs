namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>One change that waits for the next commit. Completed once, by the committer.</summary>
/// <param name="rows">About how many rows it touches.</param>
/// <param name="write">Makes it, inside the transaction.</param>
internal sealed class QueueChange(int rows, Action<QueueDatabase> write)
{
    private readonly TaskCompletionSource<EnqueueOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>About how many rows it touches.</summary>
    public int Rows => rows;

    /// <summary>Completes with the commit; never fails.</summary>
    public Task<EnqueueOutcome> Done => _done.Task;

    /// <summary>Makes the change.</summary>
    public void Write(QueueDatabase database) => write(database);

    /// <summary>The commit is over.</summary>
    public void Complete(EnqueueOutcome outcome) => _done.TrySetResult(outcome);
}
