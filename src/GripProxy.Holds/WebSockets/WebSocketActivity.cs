namespace GripProxy.Holds.WebSockets;

/// <summary>When something last passed, for keep-alives (WS-12d) and the idle limit (WS-15). Thread-safe.</summary>
internal sealed class WebSocketActivity
{
    private readonly TimeProvider _time;
    private long _lastSent;
    private long _lastRead;

    public WebSocketActivity(TimeProvider time)
    {
        _time = time;
        _lastSent = _lastRead = time.GetTimestamp();
    }

    /// <summary>Time since something was sent to the client.</summary>
    public TimeSpan QuietFor => _time.GetElapsedTime(Volatile.Read(ref _lastSent));

    /// <summary>Time since anything passed, in either direction.</summary>
    public TimeSpan IdleFor => _time.GetElapsedTime(Math.Max(Volatile.Read(ref _lastSent), Volatile.Read(ref _lastRead)));

    /// <summary>Something was sent to the client.</summary>
    public void NoteSent() => Volatile.Write(ref _lastSent, _time.GetTimestamp());

    /// <summary>Something came from either side.</summary>
    public void NoteRead() => Volatile.Write(ref _lastRead, _time.GetTimestamp());
}
