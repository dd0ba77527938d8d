using GripProxy.Channels.Traffic;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// When something last passed, for keep-alives (WS-12d) and the idle limit (WS-15); once a minute that something did is counted (STA-03).
/// Thread-safe.
/// </summary>
internal sealed class WebSocketActivity
{
    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _time;
    private readonly RouteTraffic? _traffic;
    private readonly long _countTicks;
    private long _lastSent;
    private long _lastRead;
    private long _countedAt;

    /// <summary>Nothing passed yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="traffic">Where it is counted, or null.</param>
    public WebSocketActivity(TimeProvider time, RouteTraffic? traffic)
    {
        _time = time;
        _traffic = traffic;
        _countTicks = (long)CountInterval.TotalSeconds * time.TimestampFrequency;
        _lastSent = _lastRead = _countedAt = time.GetTimestamp();
    }

    /// <summary>Time since something was sent to the client.</summary>
    public TimeSpan QuietFor => _time.GetElapsedTime(Volatile.Read(ref _lastSent));

    /// <summary>Time since anything passed, in either direction.</summary>
    public TimeSpan IdleFor => _time.GetElapsedTime(Math.Max(Volatile.Read(ref _lastSent), Volatile.Read(ref _lastRead)));

    /// <summary>Something was sent to the client.</summary>
    public void NoteSent() => Volatile.Write(ref _lastSent, Note());

    /// <summary>Something came from either side.</summary>
    public void NoteRead() => Volatile.Write(ref _lastRead, Note());

    private long Note()
    {
        var now = _time.GetTimestamp();
        var counted = Volatile.Read(ref _countedAt);
        var intervals = (now - counted) / _countTicks;
        // Both sides may come at once; one of them counts.
        if (intervals > 0 && Interlocked.CompareExchange(ref _countedAt, counted + (intervals * _countTicks), counted) == counted)
            _traffic?.Add(TrafficCount.Activity);
        return now;
    }
}
