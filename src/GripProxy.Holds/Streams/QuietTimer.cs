using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;

namespace GripProxy.Holds.Streams;

/// <summary>
/// Does something once a stream was quiet for a while. Like the keep-alive it costs nothing per item: it looks how long the quiet lasts when it
/// fires, and waits for the rest. Owned by the stream's run; fires on the wheel's thread.
/// </summary>
internal abstract class QuietTimer : WheelTimer, IDisposable
{
    private readonly TimerWheel _wheel;
    private readonly TimeSpan _limit;
    private bool _stopped;

    private QuietTimer(TimerWheel wheel, TimeSpan limit)
        : base(static timer => ((QuietTimer)timer).Look())
    {
        _wheel = wheel;
        _limit = limit;
        wheel.Schedule(this, limit);
    }

    protected abstract TimeSpan QuietFor { get; }

    /// <summary>Fetches the next link when not all channels had an item for so long (HTTP-30).</summary>
    public static QuietTimer ForLink(StreamLink link, TimerWheel wheel, TimeSpan limit) => new LinkTimer(link, wheel, limit);

    /// <summary>Ends a stream that was sent nothing for so long (HTTP-22).</summary>
    public static QuietTimer ForIdle(StreamHold hold, TimerWheel wheel, TimeSpan limit) => new IdleTimer(hold, wheel, limit);

    public void Dispose()
    {
        Volatile.Write(ref _stopped, true);
        _wheel.Cancel(this);
    }

    protected abstract void Act();

    private void Look()
    {
        if (Volatile.Read(ref _stopped))
            return;
        var rest = _limit - QuietFor;
        if (rest > TimeSpan.Zero)
            _wheel.Schedule(this, rest);
        else
            Act();
    }

    private sealed class LinkTimer(StreamLink link, TimerWheel wheel, TimeSpan limit) : QuietTimer(wheel, limit)
    {
        protected override TimeSpan QuietFor => link.InactiveFor;

        protected override void Act() => link.FetchSoon();
    }

    private sealed class IdleTimer(StreamHold hold, TimerWheel wheel, TimeSpan limit) : QuietTimer(wheel, limit)
    {
        protected override TimeSpan QuietFor => hold.QuietFor;

        protected override void Act() => hold.End(CloseReason.Timeout);
    }
}
