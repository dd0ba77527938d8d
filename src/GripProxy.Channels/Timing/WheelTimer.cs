namespace GripProxy.Channels.Timing;

/// <summary>
/// One appointment in a <see cref="TimerWheel"/>, made once and scheduled as often as its owner likes. Guarded by the wheel's lock.
/// </summary>
/// <param name="callback">Runs on the wheel's thread, outside its lock; must be short and must not throw.</param>
/// <param name="state">What the callback gets.</param>
public sealed class WheelTimer(Action<object> callback, object state)
{
    internal WheelTimer? Previous { get; set; }

    internal WheelTimer? Next { get; set; }

    /// <summary>Slot in the wheel, or -1 while not scheduled.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>Tick at which it is due.</summary>
    internal long DueTick { get; set; }

    internal void Fire() => callback(state);
}
