using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;

namespace GripProxy.Holds.Streams;

/// <summary>
/// Does something once a stream was quiet for a while. Like the keep-alive it costs nothing per item: it looks how long the quiet lasts when it
/// fires, and waits for the rest. Owned by the stream's run; fires on the wheel's thread.
/// </summary>
internal abstract class QuietTimer : IDisposable
{
    private readonly TimerWheel _wheel;
    private readonly TimeSpan _limit;
    private readonly WheelTimer _timer;
    private bool _stopped;

    private QuietTimer(StreamHold hold, TimerWheel wheel, TimeSpan limit)
    {
        Hold = hold;
        _wheel = wheel;
        _limit = limit;
        _timer = new WheelTimer(static timer => ((QuietTimer)timer).Fire(), this);
        wheel.Schedule(_timer, limit);
    }

    protected StreamHold Hold { get; }

    protected abstract TimeSpan QuietFor { get; }

    /// <summary>Fetches the next link when not all channels had an item for so long (HTTP-30).</summary>
    public static QuietTimer ForLink(StreamHold hold, TimerWheel wheel, TimeSpan limit) => new LinkTimer(hold, wheel, limit);

    /// <summary>Ends a stream that was sent nothing for so long (HTTP-22).</summary>
    public static QuietTimer ForIdle(StreamHold hold, TimerWheel wheel, TimeSpan limit) => new IdleTimer(hold, wheel, limit);

    public void Dispose()
    {
        Volatile.Write(ref _stopped, true);
        _wheel.Cancel(_timer);
    }

    protected abstract void Act();

    private void Fire()
    {
        if (Volatile.Read(ref _stopped))
            return;
        var rest = _limit - QuietFor;
        if (rest > TimeSpan.Zero)
            _wheel.Schedule(_timer, rest);
        else
            Act();
    }

    private sealed class LinkTimer(StreamHold hold, TimerWheel wheel, TimeSpan limit) : QuietTimer(hold, wheel, limit)
    {
        protected override TimeSpan QuietFor => Hold.InactiveFor;

        protected override void Act() => Hold.FetchSoon();
    }

    private sealed class IdleTimer(StreamHold hold, TimerWheel wheel, TimeSpan limit) : QuietTimer(hold, wheel, limit)
    {
        protected override TimeSpan QuietFor => Hold.QuietFor;

        protected override void Act() => Hold.End(CloseReason.Timeout);
    }
}
