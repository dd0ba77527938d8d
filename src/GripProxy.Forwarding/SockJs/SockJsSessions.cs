using System.Collections.Concurrent;
using GripProxy.Channels.Timing;

namespace GripProxy.Forwarding.SockJs;

/// <summary>The sessions over HTTP, found by the requests that belong to them. Thread-safe.</summary>
internal sealed class SockJsSessions(TimerWheel wheel, int limit)
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
