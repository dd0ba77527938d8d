namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>Counts connections whose client is gone and whose origin is still to be told, so that their number is bounded (WOH-10). Thread-safe.</summary>
/// <param name="max">As many as there may be clients.</param>
internal sealed class Farewells(int max)
{
    private int _count;
    private TaskCompletionSource? _allSaid;

    /// <summary>True if one more origin may be told; then <see cref="Leave"/> follows.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= max)
            return true;
        Leave();
        return false;
    }

    /// <summary>An origin was told, or cannot be.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0)
            Volatile.Read(ref _allSaid)?.TrySetResult();
    }

    /// <summary>Completes when no origin is to be told any more. For the end of the process, once.</summary>
    public Task AllSaidAsync()
    {
        var allSaid = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // First this and then the count: the last one that leaves looks the other way round.
        Interlocked.Exchange(ref _allSaid, allSaid);
        if (Volatile.Read(ref _count) == 0)
            allSaid.TrySetResult();
        return allSaid.Task;
    }
}
