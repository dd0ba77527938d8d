using GripProxy.Channels.Traffic;
using GripProxy.Protocol.WebSockets;

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

    /// <summary>Messages go to the client, framed, which are no part of what an origin says.</summary>
    public void NoteSent(int messages, int bytes)
    {
        NoteSent();
        Count(TrafficCount.ClientMessagesSent, messages, TrafficCount.ClientContentBytesSent, bytes);
    }

    /// <summary>A part goes to the client.</summary>
    public void NoteSent(in WebSocketPart part)
    {
        NoteSent();
        Count(TrafficCount.ClientMessagesSent, MessagesOf(part), TrafficCount.ClientContentBytesSent, part.Content.Length);
    }

    /// <summary>A part came from the client, and goes to the origin.</summary>
    public void NoteClient(in WebSocketPart part)
    {
        NoteRead();
        Count(TrafficCount.ClientMessagesReceived, MessagesOf(part), TrafficCount.ClientContentBytesReceived, part.Content.Length);
        Count(TrafficCount.ServerMessagesSent, MessagesOf(part), TrafficCount.ServerContentBytesSent, part.Content.Length);
    }

    /// <summary>A part came from the origin.</summary>
    public void NoteOrigin(in WebSocketPart part)
    {
        NoteRead();
        Count(TrafficCount.ServerMessagesReceived, MessagesOf(part), TrafficCount.ServerContentBytesReceived, part.Content.Length);
    }

    private void NoteSent() => Volatile.Write(ref _lastSent, Note());

    private void NoteRead() => Volatile.Write(ref _lastRead, Note());

    // A message counts with its last part, a control frame with its only one; what is no frame counts nothing (STA-08).
    private static int MessagesOf(in WebSocketPart part) =>
        part.Kind is WebSocketPartKind.Lost or WebSocketPartKind.Violation || (part.IsMessage && !part.IsLast) ? 0 : 1;

    private void Count(TrafficCount messageCount, int messages, TrafficCount byteCount, int bytes)
    {
        if (_traffic is not { CountsBytes: true })
            return;
        _traffic.Add(messageCount, messages);
        _traffic.Add(byteCount, bytes);
    }

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
