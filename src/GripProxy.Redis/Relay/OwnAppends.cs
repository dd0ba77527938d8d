using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;
using GripProxy.Redis.Client;
using GripProxy.Redis.Partitions;

namespace GripProxy.Redis.Relay;

/// <summary>
/// What becomes of the items that this node appends to a partition: they are refused, wait for their predecessor, reach nobody, or come back through the
/// inbox in the order that Redis gave them. Owned by the loop of the partition.
/// </summary>
internal sealed class OwnAppends(LinkState state, LinkParts parts)
{
    private readonly Queue<(long Since, RelayOperation Append)> _parked = [];

    /// <summary>Takes the answer to an append.</summary>
    public void Answered(RelayOperation append, string code, Reply result, DrainBatch drains)
    {
        switch (code)
        {
            case "d":
                var reached = result[2].Text;
                var isHere = reached.Split('\n').Contains(parts.Node.Run, StringComparer.Ordinal);
                parts.Receipts.Sent(append, reached, isHere, result[1].Text);
                parts.Instruments.Sent();
                if (!isHere)
                    TryEnd(append);
                break;
            case "q":
                // It comes back when its predecessor came, or when it has waited long enough.
                _parked.Enqueue((parts.Time.GetTimestamp(), append));
                parts.Sink.Refuse(append.Item!, PublishOutcome.Waiting); // Every append has one.
                break;
            case "r":
                // It was done before, and the answer was lost: it comes back if it is for here.
                ReceiptBook.SentToNobody(append);
                lock (state.Gate)
                    Return(append);
                break;
            case "n":
                if (TryEnd(append, isWatched: true))
                    ReceiptBook.SentToNobody(append);
                break;
            case "f":
                if (TryEnd(append))
                    DeliverForeign(append, drains);
                break;
            default:
                if (TryEnd(append) && RefusalOf(code) is { } outcome)
                    parts.Sink.Refuse(append.Item!, outcome); // As above.
                break;
        }
    }

    /// <summary>An item of this node came back: everybody may have it now.</summary>
    public void CameBack(long seq, Position? position, DrainBatch drains)
    {
        RelayOperation? own;
        bool isMiddle;
        lock (state.Gate)
        {
            own = state.Relay.Find(seq);
            if (own is null or { IsOver: true })
                return;
            End(own);
            isMiddle = own.Membership is { InFlight: > 0 };
        }

        drains.BeginPublish(own.TakenAt);
        parts.Sink.Deliver(own.Item! with { Position = position }, isOwn: true, ScopeOf(own), drains);
        if (!isMiddle)
            parts.Sink.Follow(own.Item!, drains); // It was there above.
    }

    /// <summary>Lets go of items whose predecessor did not come in time (PUB-31). Under the gate.</summary>
    public void ReleaseLate()
    {
        while (_parked.TryPeek(out var oldest)
            && (oldest.Append.IsOver || parts.Time.GetElapsedTime(oldest.Since).TotalMilliseconds >= parts.Times.WaitMilliseconds))
        {
            _parked.Dequeue();
            if (!oldest.Append.IsOver)
                state.Relay.Add(RelayOperation.Release(oldest.Append.Item!)); // Every append has one.
        }
    }

    /// <summary>Appends that do not come back any more. Under the gate.</summary>
    public void EndAll(IReadOnlyList<RelayOperation> appends)
    {
        foreach (var append in appends)
            End(append);
    }

    private static PublishOutcome? RefusalOf(string code) => code switch
    {
        "x" => PublishOutcome.Duplicate,
        "t" => PublishOutcome.PlaceTaken,
        "m" => PublishOutcome.TooManyWait,
        _ => null,
    };

    // Those who carry no position had it when it was sent ahead.
    private static FanOutScope ScopeOf(RelayOperation append) => append.IsAhead ? FanOutScope.WithPosition : FanOutScope.All;

    private void DeliverForeign(RelayOperation append, DrainBatch drains)
    {
        state.MeetForeign(append.Channel);
        drains.BeginPublish(append.TakenAt);
        parts.Sink.Deliver(append.Item!, isOwn: true, ScopeOf(append), drains); // Every append has one.
    }

    /// <summary>It does not come back. False: it has ended already.</summary>
    /// <param name="append">The append.</param>
    /// <param name="isWatched">True: nobody holds its channel, which is news as long as nobody here began to meanwhile.</param>
    private bool TryEnd(RelayOperation append, bool isWatched = false)
    {
        lock (state.Gate)
        {
            if (append.IsOver)
                return false;
            if (isWatched && append.Membership is { } membership && append.Token == membership.TokenText)
                state.Memberships.Watch(membership);
            End(append);
            return true;
        }
    }

    private void End(RelayOperation append)
    {
        append.IsOver = true;
        Return(append);
    }

    private void Return(RelayOperation append)
    {
        if (append.IsReturned || append.Membership is not { } membership)
            return;
        append.IsReturned = true;
        state.Memberships.Return(membership);
    }
}
