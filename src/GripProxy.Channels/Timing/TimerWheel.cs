namespace GripProxy.Channels.Timing;

/// <summary>
/// The one clock of all holds and channels: keep-alives, hold timeouts, waiting items. Scheduling and cancelling cost the same however
/// many appointments there are. Guarded by its own lock; callbacks run one after the other, outside the lock.
/// </summary>
public sealed class TimerWheel : IDisposable
{
    /// <summary>Length of a tick. An appointment is kept at most this much late, never early.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private const int SlotCount = 1024;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly WheelTimer?[] _slots = new WheelTimer?[SlotCount];
    private readonly List<WheelTimer> _due = [];
    private readonly Lock _firing = new();
    private long _currentTick;

    /// <summary>Starts the clock.</summary>
    public TimerWheel(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static wheel => ((TimerWheel)wheel!).Advance(), this, Tick, Tick);
    }

    /// <summary>The clock behind it.</summary>
    public TimeProvider Time => _time;

    /// <summary>Makes or moves an appointment: the callback runs once, <paramref name="delay"/> from now.</summary>
    public void Schedule(WheelTimer timer, TimeSpan delay)
    {
        var ticks = (delay.Ticks + Tick.Ticks - 1) / Tick.Ticks;
        lock (_gate)
        {
            Unlink(timer);
            // The current tick has begun already: one more keeps the promise "never early".
            timer.DueTick = Math.Max(TickOfNow(), _currentTick) + Math.Max(ticks, 0) + 1;
            Link(timer);
        }
    }

    /// <summary>Drops an appointment. Its callback may be running at this moment.</summary>
    public void Cancel(WheelTimer timer)
    {
        lock (_gate)
            Unlink(timer);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private long TickOfNow() => _time.GetElapsedTime(_start).Ticks / Tick.Ticks;

    private void Advance()
    {
        // A slow round must not be overtaken by the next one: that one finds the lock taken and its work is done by the round after.
        if (!_firing.TryEnter())
            return;
        try
        {
            CollectDue();
            foreach (var timer in _due)
                timer.Fire();
            _due.Clear();
        }
        finally
        {
            _firing.Exit();
        }
    }

    private void CollectDue()
    {
        lock (_gate)
        {
            var now = TickOfNow();
            // After a long pause every slot is looked at once; each appointment knows its own tick.
            var first = Math.Max(_currentTick + 1, now - SlotCount + 1);
            for (var tick = first; tick <= now; tick++)
            {
                var timer = _slots[tick % SlotCount];
                while (timer is not null)
                {
                    var next = timer.Next;
                    if (timer.DueTick <= now)
                    {
                        Unlink(timer);
                        _due.Add(timer);
                    }

                    timer = next;
                }
            }

            _currentTick = now;
        }
    }

    private void Link(WheelTimer timer)
    {
        timer.Slot = (int)(timer.DueTick % SlotCount);
        timer.Next = _slots[timer.Slot];
        if (timer.Next is not null)
            timer.Next.Previous = timer;
        _slots[timer.Slot] = timer;
    }

    private void Unlink(WheelTimer timer)
    {
        if (timer.Slot < 0)
            return;
        if (timer.Previous is null)
            _slots[timer.Slot] = timer.Next;
        else
            timer.Previous.Next = timer.Next;
        if (timer.Next is not null)
            timer.Next.Previous = timer.Previous;
        timer.Previous = timer.Next = null;
        timer.Slot = -1;
    }
}
