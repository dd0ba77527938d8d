using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;

namespace GripProxy.Holds.Streams;

/// <summary>
/// The next link of a stream (HTTP-30): when the origin is asked for what may be missing, or because it is time to. Only a stream whose origin gave one has
/// it. Guarded by the hold's lock; timers read when its channels last had an item.
/// </summary>
internal sealed class StreamLink(StreamHold hold)
{
    private bool _fetchIsPlanned;
    private bool _fetchAgain;
    private int _quietChannels;
    private long _lastActive = hold.Parts.Wheel.Time.GetTimestamp();

    /// <summary>Where to ask, or null: there is no link any more, or the stream is not held yet.</summary>
    public Uri? Next { get; set; }

    /// <summary>Time since all channels had an item, for the link's timeout.</summary>
    public TimeSpan InactiveFor => hold.Parts.Wheel.Time.GetElapsedTime(Volatile.Read(ref _lastActive));

    /// <summary>Starts to wait for an item of every channel.</summary>
    public void Restart()
    {
        Volatile.Write(ref _lastActive, hold.Parts.Wheel.Time.GetTimestamp());
        foreach (var channel in hold.Channels)
            channel.Subscription.WasActive = false;
        _quietChannels = hold.Channels.Length;
    }

    /// <summary>A channel had an item, sent or not.</summary>
    public void NoteItem(Subscription subscription)
    {
        if (Next is null || subscription.WasActive)
            return;
        subscription.WasActive = true;
        if (--_quietChannels <= 0)
            Restart();
    }

    /// <summary>Fetches the link, if it is still there, when its turn comes among all holds that have the same. Takes the lock.</summary>
    /// <param name="reason">What may be missing, or null: it is only time to look.</param>
    public void FetchSoon(RecoveryReason? reason = null)
    {
        lock (hold.Gate)
        {
            // Whoever asks while a fetch is planned is answered by that one.
            if (reason is not null && hold.HasLink && !_fetchIsPlanned && !_fetchAgain)
                hold.CountRecovery(reason.Value);
            _fetchAgain = hold.Phase is StreamPhase.Joining or StreamPhase.Fetching;
            PlanFetch();
        }
    }

    /// <summary>Fetches the link once items pass.</summary>
    public void FetchAgain(RecoveryReason reason)
    {
        _fetchAgain = true;
        hold.CountRecovery(reason);
    }

    /// <summary>Items pass: fetches what had to wait for that.</summary>
    public void FetchIfAsked()
    {
        if (_fetchAgain)
            PlanFetch();
    }

    /// <summary>Makes the run fetch the link, if it is still there. Takes the lock.</summary>
    public void BeginFetch()
    {
        lock (hold.Gate)
        {
            _fetchIsPlanned = false;
            if (hold.IsHeld && Next is not null)
                hold.MoveTo(StreamPhase.Fetching);
        }
    }

    private void PlanFetch()
    {
        if (!hold.IsHeld || Next is null || _fetchIsPlanned)
            return;
        _fetchAgain = false;
        _fetchIsPlanned = true;
        hold.Parts.Updates.Add(Next, this);
    }
}
