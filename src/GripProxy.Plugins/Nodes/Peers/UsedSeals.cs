using System.Globalization;

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
    private readonly HashSet<UInt128> _used = [];
    private readonly Queue<(long Since, UInt128 Name)> _order = [];

    /// <summary>Uses a genuine seal.</summary>
    /// <returns>False: it was used before.</returns>
    public bool TryUse(string seal)
    {
        // All of it that is needed to know it again, since nodes give each another one.
        var name = UInt128.Parse(seal.Split('.')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        lock (_gate)
        {
            while (_order.TryPeek(out var first) && time.GetElapsedTime(first.Since) > Kept)
                _used.Remove(_order.Dequeue().Name);
            if (!_used.Add(name))
                return false;
            _order.Enqueue((time.GetTimestamp(), name));
            return true;
        }
    }
}
