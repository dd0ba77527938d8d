using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// Asks the origin of one WebSocket: at once for whatever it has (WOH-15), or for what the client missed on a channel (LOG-08). An origin that cannot
/// say ends the connection, so that the loss is not silent. Thread-safe; what it keeps of a channel is guarded by the hold's lock.
/// </summary>
internal sealed class OriginQuestions(WebSocketHold hold, IWebSocketOrigin origin, TimerWheel wheel)
{
    // An answer takes a request with its retries (WOH-11), half a minute and more; an origin that has not subscribed by then forgot it.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    private volatile bool _isDetached;

    /// <summary>The origin is there no more: it cannot be asked.</summary>
    public void Detach() => _isDetached = true;

    /// <summary>Makes the origin say what it has. False: it cannot be asked.</summary>
    public bool Refresh() => !_isDetached && origin.Refresh();

    /// <summary>Asks what the client missed; items of the channel wait until the origin subscribes it anew.</summary>
    public void Ask(ResumeQuestion missed)
    {
        var (channel, lastId, reason, isDoubt) = missed;
        if (!_isDetached && origin.TryRecover(channel.Name, lastId, reason.Word()))
        {
            AwaitAnswer(channel);
        }
        else if (!isDoubt)
        {
            EndNotResumed(reason);
        }
        else
        {
            lock (hold.Gate)
                hold.Release(channel);
        }
    }

    /// <summary>The items of a channel wait no longer. Under the hold's lock.</summary>
    public void StopWaiting(TrackedChannel channel)
    {
        channel.IsWaiting = false;
        if (channel.Deadline is not null)
            wheel.Cancel(channel.Deadline);
    }

    private void AwaitAnswer(TrackedChannel channel)
    {
        lock (hold.Gate)
        {
            if (!channel.IsWaiting)
                return;
            channel.Deadline ??= new WheelTimer(_ => GiveUp(channel), this);
            wheel.Schedule(channel.Deadline, AnswerLimit);
        }
    }

    private void GiveUp(TrackedChannel channel)
    {
        lock (hold.Gate)
        {
            if (!channel.IsWaiting || hold.Tracked.Find(channel.FullName) != channel)
                return;
        }

        EndNotResumed(ResumeOutcome.Unavailable);
    }

    private void EndNotResumed(ResumeOutcome reason)
    {
        hold.CountResume(reason);
        hold.Close(CloseReason.Error, WebSocketCloses.NotResumed(reason));
    }
}
