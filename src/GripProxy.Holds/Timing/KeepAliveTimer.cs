using GripProxy.Channels.Timing;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Timing;

/// <summary>
/// Sends the keep-alive of one hold (HTTP-26, WS-12d). In idle mode nothing is done per item: when the timer fires it looks how long the hold
/// was quiet and waits for the rest. Owned by the hold's run; fires on the wheel's thread.
/// </summary>
internal sealed class KeepAliveTimer : WheelTimer, IDisposable
{
    private readonly IKeptAlive _hold;
    private readonly KeepAlive _keepAlive;
    private readonly TimerWheel _wheel;
    private readonly Random _random;
    private bool _stopped;

    public KeepAliveTimer(IKeptAlive hold, KeepAlive keepAlive, TimerWheel wheel, Random random)
        : base(static timer => ((KeepAliveTimer)timer).SendIfQuiet())
    {
        _hold = hold;
        _keepAlive = keepAlive;
        _wheel = wheel;
        _random = random;
        wheel.Schedule(this, NextDelay());
    }

    public void Dispose()
    {
        Volatile.Write(ref _stopped, true);
        _wheel.Cancel(this);
    }

    private void SendIfQuiet()
    {
        if (Volatile.Read(ref _stopped))
            return;
        var delay = NextDelay();
        var rest = _keepAlive.Mode == KeepAliveMode.Idle ? delay - _hold.QuietFor : TimeSpan.Zero;
        if (rest <= TimeSpan.Zero)
            _hold.SendKeepAlive(_keepAlive.Data);
        _wheel.Schedule(this, rest > TimeSpan.Zero ? rest : delay);
    }

    /// <summary>Up to a second less than the timeout, so that holds opened together do not wake together.</summary>
    private TimeSpan NextDelay()
    {
        var delay = _keepAlive.Timeout - TimeSpan.FromMilliseconds(_random.Next(1000));
        return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
    }
}
