namespace GripProxy.Proxy.Memory;

/// <summary>
/// Says when memory should be given back to the system. A burst of connections leaves much garbage between what stays, and the collector, which
/// works when something is allocated, has no reason to look for it once all is quiet. Owned by <see cref="MemoryTrimmer"/>.
/// </summary>
internal sealed class TrimPolicy
{
    // Less than this between two looks, and nobody notices a collection of everything. The runtime counts in pieces of 8 kB, so it is one of them.
    private const long QuietBytes = 12 << 10;

    // More than this is work that nothing may interrupt. What lies between is work that goes on for hours, and is interrupted once in a while.
    private const long BusyBytes = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Less is not worth it.
    private const long LeastGrowth = 8 << 20;

    // Work fills as much with garbage from one collection to the next (GCgen0size of the native program, and a little more): that is no growth, and is
    // collected by itself.
    private const long LeastGrowthUnderWork = 96 << 20;

    // The share of time that may go into collections: one in so many. A heap that does not grow needs none at all.
    private const int PauseShare = 10;

    private long _allocated;
    private long _delivered;
    private bool _delivers;
    private long _kept;
    private TimeSpan _notBefore;
    private TimeSpan? _grown;

    /// <summary>
    /// True if it is quiet and the heap has grown by a good part since it was trimmed last, or if it has not been quiet for long and the heap has grown
    /// by more than work takes for itself.
    /// </summary>
    /// <param name="allocated">All bytes ever allocated.</param>
    /// <param name="delivered">All deliveries ever begun. It is quiet when none began since the look before last: who publishes at a steady rate, however
    /// moderate, must not wait, and a look may just miss the one of its time.</param>
    /// <param name="committed">Bytes that the heap takes from the system.</param>
    /// <param name="now">The time since some moment.</param>
    public bool MustTrim(long allocated, long delivered, long committed, TimeSpan now)
    {
        var made = allocated - _allocated;
        _allocated = allocated;
        var delivers = delivered != _delivered;
        var isQuiet = made < QuietBytes && !delivers && !_delivers;
        _delivered = delivered;
        _delivers = delivers;
        if (committed - _kept < Math.Max(LeastGrowth, _kept / 4))
        {
            _grown = null;
            return false;
        }

        _grown ??= now;
        if (now < _notBefore || made >= BusyBytes)
            return false;
        return isQuiet || (now - _grown >= Patience && committed - _kept >= LeastGrowthUnderWork);
    }

    /// <summary>Notes what a trim has left, and what it has cost.</summary>
    public void Trimmed(long committed, TimeSpan now, TimeSpan pause)
    {
        _kept = committed;
        _grown = null;
        _notBefore = now + (pause * PauseShare);
    }
}
