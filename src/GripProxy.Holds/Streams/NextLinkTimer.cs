using GripProxy.Channels.Timing;

namespace GripProxy.Holds.Streams;

/// <summary>
/// Fetches a stream's next link when not all of its channels had an item for a while (HTTP-30). Like the keep-alive it costs nothing per item.
/// Owned by the stream's run; fires on the wheel's thread.
/// </summary>
internal sealed class NextLinkTimer : IDisposable
{
    private readonly StreamHold _hold;
    private readonly TimeSpan _timeout;
    private readonly TimerWheel _wheel;
    private readonly WheelTimer _timer;
    private bool _stopped;

    public NextLinkTimer(StreamHold hold, TimeSpan timeout, TimerWheel wheel)
    {
        _hold = hold;
        _timeout = timeout;
        _wheel = wheel;
        _timer = new WheelTimer(static timer => ((NextLinkTimer)timer).Fire(), this);
        wheel.Schedule(_timer, timeout);
    }

    public void Dispose()
    {
        Volatile.Write(ref _stopped, true);
        _wheel.Cancel(_timer);
    }

    private void Fire()
    {
        if (Volatile.Read(ref _stopped))
            return;
        var rest = _timeout - _hold.InactiveFor;
        if (rest > TimeSpan.Zero)
            _wheel.Schedule(_timer, rest);
        else
            _hold.FetchSoon();
    }
}
