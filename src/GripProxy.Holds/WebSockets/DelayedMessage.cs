using GripProxy.Channels.Timing;

namespace GripProxy.Holds.WebSockets;

/// <summary>The one message of a WebSocket that is to be sent later (WS-12e). Guarded by its own lock; fires on the wheel's thread.</summary>
internal sealed class DelayedMessage
{
    private readonly Lock _gate = new();
    private readonly WebSocketHold _hold;
    private readonly TimerWheel _wheel;
    private readonly WheelTimer _timer;
    private ReadOnlyMemory<byte>? _bytes;

    public DelayedMessage(WebSocketHold hold, TimerWheel wheel)
    {
        _hold = hold;
        _wheel = wheel;
        _timer = new WheelTimer(static message => ((DelayedMessage)message).Flush(), this);
    }

    /// <summary>Sends <paramref name="bytes"/> after a while; what waits already is sent now.</summary>
    public void Set(ReadOnlyMemory<byte> bytes, TimeSpan delay)
    {
        Flush();
        lock (_gate)
            _bytes = bytes;
        _wheel.Schedule(_timer, delay);
    }

    /// <summary>Sends what waits now.</summary>
    public void Flush()
    {
        if (Take() is { } bytes)
            _hold.Send(bytes);
    }

    /// <summary>Forgets what waits.</summary>
    public void Drop() => Take();

    private ReadOnlyMemory<byte>? Take()
    {
        lock (_gate)
        {
            _wheel.Cancel(_timer);
            var bytes = _bytes;
            _bytes = null;
            return bytes;
        }
    }
}
