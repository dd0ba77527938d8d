using GripProxy.Channels.Timing;

namespace GripProxy.Holds.Streams;

/// <summary>
/// Does something once a stream was quiet for a while. Like the keep-alive it costs nothing per item: it looks how long the quiet lasts when it
/// fires, and waits for the rest. Owned by the stream's run; fires on the wheel's thread.
/// </summary>
internal sealed class QuietTimer : IDisposable
{
    private readonly TimerWheel _wheel;
    private readonly TimeSpan _limit;
    private readonly Func<TimeSpan> _quietFor;
    private readonly Action _act;
    private readonly WheelTimer _timer;
    private bool _stopped;

    public QuietTimer(TimerWheel wheel, TimeSpan limit, Func<TimeSpan> quietFor, Action act)
    {
        _wheel = wheel;
        _limit = limit;
        _quietFor = quietFor;
        _act = act;
        _timer = new WheelTimer(static timer => ((QuietTimer)timer).Fire(), this);
        wheel.Schedule(_timer, limit);
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
        var rest = _limit - _quietFor();
        if (rest > TimeSpan.Zero)
            _wheel.Schedule(_timer, rest);
        else
            _act();
    }
}
