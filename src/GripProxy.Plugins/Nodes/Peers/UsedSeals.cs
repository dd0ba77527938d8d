namespace GripProxy.Plugins.Nodes.Peers;

/// <summary>
/// The seals of questions that were answered here, for as long as they are fresh: whoever copies a question on its way cannot have its call made once more. Only genuine
/// seals are kept, so nodes alone can fill it, with a minute of their calls. Thread-safe, guarded by its lock.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class UsedSeals(TimeProvider time)
{
    // Clocks may differ by as much either way.
    private static readonly TimeSpan Kept = 2 * PeerSeal.Window;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly Queue<(long Since, string Seal)> _order = [];

    /// <summary>Uses a genuine seal.</summary>
    /// <returns>False: it was used before.</returns>
    public bool TryUse(string seal)
    {
        lock (_gate)
        {
            while (_order.TryPeek(out var first) && time.GetElapsedTime(first.Since) > Kept)
                _used.Remove(_order.Dequeue().Seal);
            if (!_used.Add(seal))
                return false;
            _order.Enqueue((time.GetTimestamp(), seal));
            return true;
        }
    }
}
