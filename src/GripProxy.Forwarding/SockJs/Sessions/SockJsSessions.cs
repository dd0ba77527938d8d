using System.Collections.Concurrent;
using GripProxy.Channels.Timing;
using GripProxy.Forwarding.Diagnostics;

namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>The sessions over HTTP, found by the requests that belong to them. Thread-safe.</summary>
/// <param name="wheel">The clock of the sessions.</param>
/// <param name="limit">How many there may be at a time.</param>
/// <param name="metrics">Counts what is refused.</param>
internal sealed class SockJsSessions(TimerWheel wheel, int limit, ForwardingMetrics metrics)
{
    private readonly ConcurrentDictionary<SockJsSessionKey, SockJsSession> _sessions = new();
    private int _count;

    /// <summary>The session of that name, or null.</summary>
    public SockJsSession? Find(SockJsSessionKey key) => _sessions.GetValueOrDefault(key);

    /// <summary>Begins a session, or finds the one that another request has just begun.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="first">The request that begins it.</param>
    /// <param name="isNew">False: it was there.</param>
    /// <returns>The session; null: there are too many.</returns>
    public SockJsSession? FindOrBegin(SockJsSessionKey key, SockJsReceiver first, out bool isNew)
    {
        isNew = false;
        if (Find(key) is { } known)
            return known;
        if (Interlocked.Increment(ref _count) > limit)
        {
            Interlocked.Decrement(ref _count);
            metrics.TooManySockJsSessions();
            return null;
        }

        var begun = new SockJsSession(wheel, first, session => Remove(key, session));
        var found = _sessions.GetOrAdd(key, begun);
        isNew = found == begun;
        if (!isNew)
            Interlocked.Decrement(ref _count);
        return found;
    }

    private void Remove(SockJsSessionKey key, SockJsSession session)
    {
        if (_sessions.TryRemove(new KeyValuePair<SockJsSessionKey, SockJsSession>(key, session)))
            Interlocked.Decrement(ref _count);
    }
}
