using System.Runtime.InteropServices;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// Decides who ends the wait for a request: the request that comes, or whoever says that the wait is over. Owned by a connection; any thread may
/// end it.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct IdleWatch(TimeSpan patience, TimeProvider time)
{
    private const long NotWaiting = 0;
    private const long Ended = -1;

    private long _since;

    /// <summary>True if somebody ended the wait.</summary>
    public bool IsEnded => Volatile.Read(ref _since) == Ended;

    /// <summary>The wait begins.</summary>
    public void Begin() => Volatile.Write(ref _since, Math.Max(1, time.GetTimestamp()));

    /// <summary>A request is there: false if the wait had been ended before.</summary>
    public bool TryFinish() => Interlocked.Exchange(ref _since, NotWaiting) != Ended;

    /// <summary>Ends the wait if there is one: true for who does it.</summary>
    public bool TryEnd() => TryEnd(Volatile.Read(ref _since));

    /// <summary>Ends a wait that has lasted too long.</summary>
    public bool TryEndIfTooLong() => patience != Timeout.InfiniteTimeSpan && TryEndAfter(patience);

    /// <summary>Ends a wait that has lasted so long.</summary>
    public bool TryEndAfter(TimeSpan limit)
    {
        var since = Volatile.Read(ref _since);
        return since > NotWaiting && time.GetElapsedTime(since) >= limit && TryEnd(since);
    }

    private bool TryEnd(long since) => since > NotWaiting && Interlocked.CompareExchange(ref _since, Ended, since) == since;
}
