using GripProxy.Channels.Timing;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>
/// One appointment that is moved often: moving it further away, or dropping it, does not touch the wheel, which finds out when it fires. Guarded by
/// its own lock.
/// </summary>
internal sealed class Alarm
{
    private const long Never = long.MaxValue;

    private readonly Lock _gate = new();
    private readonly TimerWheel _wheel;
    private readonly Action _ring;
    private readonly WheelTimer _timer;
    private readonly long _start;
    private long _due = Never;
    private long _scheduled = Never;

    /// <summary>An alarm that is not set.</summary>
    /// <param name="wheel">Where it is kept.</param>
    /// <param name="ring">Runs on the wheel's thread; must be short and must not throw.</param>
    public Alarm(TimerWheel wheel, Action ring)
    {
        _wheel = wheel;
        _ring = ring;
        _start = wheel.Time.GetTimestamp();
        _timer = new WheelTimer(static alarm => ((Alarm)alarm).Fire(), this);
    }

    /// <summary>Makes or moves the appointment. Infinite: drops it.</summary>
    public void Set(TimeSpan delay)
    {
        lock (_gate)
        {
            _due = delay == Timeout.InfiniteTimeSpan ? Never : Now() + delay.Ticks;
            Schedule();
        }
    }

    /// <summary>Moves the appointment if there is one and it is later than this.</summary>
    public void Advance(TimeSpan delay)
    {
        lock (_gate)
        {
            if (_due == Never)
                return;
            _due = Math.Min(_due, Now() + delay.Ticks);
            Schedule();
        }
    }

    /// <summary>Drops the appointment. It may be ringing at this moment.</summary>
    public void Clear()
    {
        lock (_gate)
            _due = Never;
    }

    /// <summary>Drops it for good, so that the wheel does not remember it either.</summary>
    public void Stop()
    {
        Clear();
        _wheel.Cancel(_timer);
    }

    private void Schedule()
    {
        if (_due >= _scheduled)
            return;
        _scheduled = _due;
        _wheel.Schedule(_timer, TimeSpan.FromTicks(Math.Max(0, _due - Now())));
    }

    private void Fire()
    {
        lock (_gate)
        {
            _scheduled = Never;
            if (_due > Now())
            {
                Schedule();
                return;
            }

            _due = Never;
        }

        _ring();
    }

    private long Now() => _wheel.Time.GetElapsedTime(_start).Ticks;
}
