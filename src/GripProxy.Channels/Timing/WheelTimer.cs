namespace GripProxy.Channels.Timing;

/// <summary>
/// One appointment in a <see cref="TimerWheel"/>, made once and scheduled as often as its owner likes. Guarded by the wheel's lock.
/// </summary>
public class WheelTimer
{
    private readonly Action<object> _callback;
    private readonly object _state;

    /// <summary>Makes an appointment that is not scheduled yet.</summary>
    /// <param name="callback">Runs on the wheel's thread, outside its lock; must be short and must not throw.</param>
    /// <param name="state">What the callback gets.</param>
    public WheelTimer(Action<object> callback, object state)
    {
        _callback = callback;
        _state = state;
    }

    /// <summary>For an owner of very many, who is the appointment himself instead of having one.</summary>
    /// <param name="callback">As above; it gets the appointment.</param>
    protected WheelTimer(Action<object> callback)
    {
        _callback = callback;
        _state = this;
    }

    internal WheelTimer? Previous { get; set; }

    internal WheelTimer? Next { get; set; }

    /// <summary>Slot in the wheel, or -1 while not scheduled.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>Tick at which it is due.</summary>
    internal long DueTick { get; set; }

    internal void Fire() => _callback(_state);
}
