using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;

namespace GripProxy.Holds.Streams;

// The next link of a stream: when the origin is asked for what may be missing, and what happens where there is no link.
internal sealed partial class StreamHold
{
    private readonly bool _hasFirstLink;
    private Uri? _next;
    private bool _fetchIsPlanned;
    private bool _fetchAgain;

    /// <summary>True if there is a next link.</summary>
    public bool HasNext => _next is not null;

    /// <summary>True if what does not fit can be asked for again.</summary>
    public bool HasLink => _phase == StreamPhase.Joining ? _hasFirstLink : _next is not null;

    /// <summary>Where the end of the stream is reported (HTTP-31), or null: nowhere.</summary>
    public Uri? Gone { get; }

    /// <summary>For the run: what only the beginning needed is done. Without links and filters nothing will ever ask the origin.</summary>
    public void Settle()
    {
        if (!_hasFirstLink && Gone is null && Subject is null)
            ForgetOrigin();
    }

    /// <summary>Fetches the next link, if there is one, when its turn comes among all holds that have the same.</summary>
    /// <param name="reason">What may be missing, or null: it is only time to look.</param>
    public void FetchSoon(RecoveryReason? reason = null)
    {
        lock (_gate)
        {
            // Whoever asks while a fetch is planned is answered by that one.
            if (reason is not null && HasLink && !_fetchIsPlanned && !_fetchAgain)
                CountRecovery(reason.Value);
            _fetchAgain = _phase is StreamPhase.Joining or StreamPhase.Fetching;
            PlanFetch();
        }
    }

    /// <summary>Makes the run fetch the next link, if there is one.</summary>
    public void BeginFetch()
    {
        lock (_gate)
        {
            _fetchIsPlanned = false;
            if (_phase == StreamPhase.Held && _next is not null)
                MoveTo(StreamPhase.Fetching);
        }
    }

    /// <summary>The next link is to be asked; there is one.</summary>
    public void FetchNow(RecoveryReason reason)
    {
        MoveTo(StreamPhase.Fetching);
        CountRecovery(reason);
    }

    /// <summary>
    /// The log does not have what the client needs: the origin is asked; without a link the client learns by the end of the stream (HTTP-29, LOG-05).
    /// </summary>
    public void LoseTrack(Subscription subscription, ResumeOutcome reason)
    {
        StreamLog.LogLost(Parts.Logger, ConnectionId, subscription.Channel, reason);
        if (HasLink)
            CountRecovery(reason.ToRecovery());
        if (_next is not null && IsHeld)
            MoveTo(StreamPhase.Fetching);
        else if (HasLink)
            _fetchAgain = true;
        else if (subscription is { PrevId: not null, Cursor: null })
            Fail(StreamRun.NoLink(subscription.Channel[ChannelPrefix.Length..]));
        else
            EndByOverflow();
    }

    private void PlanFetch()
    {
        if (_phase != StreamPhase.Held || _next is null || _fetchIsPlanned)
            return;
        _fetchAgain = false;
        _fetchIsPlanned = true;
        Parts.Updates.Add(_next, this);
    }

    private void FetchWhatIsMissing()
    {
        if (_next is null)
        {
            EndByOverflow();
            return;
        }

        _fetchAgain = true;
        CountRecovery(RecoveryReason.Overflow);
    }
}
