namespace GripProxy.Proxy.Memory;

/// <summary>
/// Says when memory should be given back to the system. A burst of connections leaves much garbage between what stays, and the collector, which
/// works when something is allocated, has no reason to look for it once all is quiet. Owned by <see cref="MemoryTrimmer"/>.
/// </summary>
internal sealed class TrimPolicy
{
    // More than this between two looks is work, which a collection of everything would interrupt.
    private const long QuietBytes = 1 << 20;

    // Less is not worth it.
    private const long LeastGrowth = 8 << 20;

    // The share of time that may go into collections: one in so many. A heap that does not grow needs none at all.
    private const int PauseShare = 10;

    private long _allocated;
    private long _kept;
    private TimeSpan _notBefore;

    /// <summary>True if it is quiet, and the heap has grown by a good part since it was trimmed last.</summary>
    /// <param name="allocated">All bytes ever allocated.</param>
    /// <param name="committed">Bytes that the heap takes from the system.</param>
    /// <param name="now">The time since some moment.</param>
    public bool MustTrim(long allocated, long committed, TimeSpan now)
    {
        var isQuiet = allocated - _allocated < QuietBytes;
        _allocated = allocated;
        return isQuiet && now >= _notBefore && committed - _kept >= Math.Max(LeastGrowth, _kept / 4);
    }

    /// <summary>Notes what a trim has left, and what it has cost.</summary>
    public void Trimmed(long committed, TimeSpan now, TimeSpan pause)
    {
        _kept = committed;
        _notBefore = now + (pause * PauseShare);
    }
}
