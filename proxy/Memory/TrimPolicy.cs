namespace GripProxy.Proxy.Memory;

/// <summary>
/// Says when memory should be given back to the system. A burst of connections leaves much garbage between what stays, and the collector, which
/// works when something is allocated, has no reason to look for it once all is quiet. Owned by <see cref="MemoryTrimmer"/>.
/// </summary>
internal sealed class TrimPolicy
{
    // Less than this between two looks, and nobody notices a collection of everything. The runtime counts in pieces of 8 kB: one of them is nothing.
    private const long QuietBytes = 12 << 10;

    // More than the second is work that nothing may interrupt. Less than the first is a moment with little work, which is interrupted where it has not been
    // quiet for that time: what goes on for hours, as well.
    private const long LittleBytes = 128 << 10;
    private const long BusyBytes = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Less is not worth it.
    private const long LeastGrowth = 8 << 20;

    // Work fills as much with garbage from one collection to the next (GCgen0size of the native program, and a little more), which is collected by itself:
    // where there are no moments with little work, that is no growth.
    private const long LeastGrowthUnderWork = 96 << 20;

    // The share of time that may go into collections: one in so many. A heap that does not grow needs none at all.
    private const int PauseShare = 10;

    private long _allocated;
    private long _handled;
    private bool _wasHandling;
    private long _kept;
    private TimeSpan _notBefore;
    private TimeSpan? _grown;

    /// <summary>
    /// True if it is quiet and the heap has grown by a good part since it was trimmed last, or if it has not been quiet for long, and there is little work
    /// at this moment or the heap has grown by more than work takes for itself.
    /// </summary>
    /// <param name="allocated">All bytes ever allocated.</param>
    /// <param name="handled">All items ever published and delivered.</param>
    /// <param name="committed">Bytes that the heap takes from the system.</param>
    /// <param name="now">The time since some moment.</param>
    public bool MustTrim(long allocated, long handled, long committed, TimeSpan now)
    {
        var made = allocated - _allocated;
        _allocated = allocated;

        // Ten publishes a second allocate next to nothing, but one of them would wait. One that is late falls into the next look, so one look without any says
        // nothing.
        var isHandling = handled != _handled;
        var isQuiet = made < QuietBytes && !isHandling && !_wasHandling;
        _handled = handled;
        _wasHandling = isHandling;
        if (committed - _kept < Math.Max(LeastGrowth, _kept / 4))
        {
            _grown = null;
            return false;
        }

        _grown ??= now;
        if (now < _notBefore || made >= BusyBytes)
            return false;
        return isQuiet || (now - _grown >= Patience && (made < LittleBytes || committed - _kept >= LeastGrowthUnderWork));
    }

    /// <summary>Notes what a trim has left, and what it has cost.</summary>
    public void Trimmed(long committed, TimeSpan now, TimeSpan pause)
    {
        _kept = committed;
        _grown = null;
        _notBefore = now + (pause * PauseShare);
    }
}
