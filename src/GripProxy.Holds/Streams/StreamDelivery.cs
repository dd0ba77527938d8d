using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Streams;

/// <summary>
/// What becomes of the items that one stream may have (HTTP-27): the check that they follow each other where the subscription gave a prev-id
/// (HTTP-35), filters that decide at once, then the queue to the client. Guarded by the hold's lock, but for what is said to be the writer's.
/// </summary>
internal sealed class StreamDelivery(StreamHold hold)
{
    private HashSet<Subscription>? _missed;

    /// <summary>What failed before is covered by what the origin said since.</summary>
    public void Restart() => _missed = null;

    /// <summary>Takes an item that came now: it passes, or is kept back while the stream joins or fetches.</summary>
    public DeliveryOutcome Take(Subscription subscription, Item item, DrainBatch drains)
    {
        if (IsGap(subscription, item))
        {
            // Something is missing before this item: the origin knows what.
            subscription.ForgetLastId();
            hold.FetchNow(RecoveryReason.PrevId);
        }

        return hold.IsHeld ? Pass(subscription, item, drains.Forms, drains.NextTimed()) : HoldBack(subscription, item);
    }

    /// <summary>True if something is missing before an item (HTTP-35).</summary>
    public bool IsGap(Subscription subscription, Item item) =>
        hold.IsHeld && subscription is { Cursor: null, PrevId: not null } && subscription.PrevId != item.PrevId;

    /// <summary>Keeps an item for when the stream goes on.</summary>
    public DeliveryOutcome HoldBack(Subscription subscription, Item item)
    {
        var result = hold.Backlog.HoldBack(subscription, item);
        if (result == EnqueueResult.Overflow && !hold.HasLink)
            hold.EndByOverflow();
        return result == EnqueueResult.Waiting ? DeliveryOutcome.Queued : DeliveryOutcome.Dropped(DropReason.NotJoined);
    }

    /// <summary>Takes an item that passes now.</summary>
    /// <param name="subscription">Where it comes from.</param>
    /// <param name="item">The item; it has this format.</param>
    /// <param name="forms">Shares its bytes with other connections.</param>
    /// <param name="publishedAt">When it was published, if its way is timed; else 0.</param>
    public DeliveryOutcome Pass(Subscription subscription, Item item, SharedForms forms, long publishedAt)
    {
        var format = item.HttpStream!; // Only items with this format come here.
        var droppedBy = subscription.Filters?.FindDrop(hold.Subject!, item.Meta); // Where filters are, there is a subject.
        if (format.Action == ItemAction.Send)
            return Send(subscription, item, format, droppedBy, forms, publishedAt);
        if (droppedBy is not null)
            return DeliveryOutcome.FilteredBy(droppedBy.Value);
        // After a hint the last id stays: the origin shall say what came since the last item that was really sent.
        if (format.Action == ItemAction.Close)
            hold.BeginEnd(CloseReason.Published);
        else if (hold.HasNext)
            hold.FetchNow(RecoveryReason.Hint);
        return DeliveryOutcome.Queued;
    }

    private DeliveryOutcome Send(
        Subscription subscription, Item item, HttpStreamFormat format, FilterKind? droppedBy, SharedForms forms, long publishedAt)
    {
        LatePiece? late = droppedBy is not null ? null : MakeLate(subscription, item);
        if (late is null && droppedBy is null && hold.Log.IsLate(item))
            late = new PlacedPiece(hold.Log, item);
        var prevId = subscription.PrevId;
        // A client that an item is not meant for misses nothing.
        if (subscription.PrevId is not null)
            subscription.PrevId = item.Id;
        hold.Link?.NoteItem(subscription);
        if (droppedBy is not null)
            return DeliveryOutcome.FilteredBy(droppedBy.Value);
        if (!ContentFilterList.Fits(subscription.Filters, format.ContentFilters))
        {
            if (hold.Debug)
                hold.Fail(ContentFilterList.DescribeMismatch(subscription.Filters, format.ContentFilters!)); // Only a list can differ.
            return DeliveryOutcome.Dropped(DropReason.ContentFilters);
        }

        var content = late is null ? hold.Log.Render(item, forms) : format.Content;
        var piece = FollowedPiece.Wrap(FollowedItem.TrailOf(item), hold, content, late);
        var result = hold.Backlog.Enqueue(subscription, content, piece, publishedAt);
        if (result is EnqueueResult.Dropped or EnqueueResult.Overflow)
            return LetGo(subscription, item, prevId, result);
        if (result == EnqueueResult.StartWriter)
            hold.DrainLater();
        if (late is not FilteredPiece)
            hold.NoteSent();
        return DeliveryOutcome.Queued;
    }

    /// <summary>
    /// The queue is full. What the log has is read from it when its turn comes. Else a subscription that tells the order asks its origin for what follows the last item that fitted; so does any stream with a
    /// link instead of ending (own-config.md, Overflow). What waits already is written before.
    /// </summary>
    private DeliveryOutcome LetGo(Subscription subscription, Item item, string? prevId, EnqueueResult result)
    {
        subscription.PrevId = prevId;
        if ((result == EnqueueResult.Dropped || hold.HasNext) && hold.Log.TryLeave(subscription, item, prevId))
            return DeliveryOutcome.Queued;
        if (hold.HasNext && (prevId is not null || result == EnqueueResult.Overflow))
            hold.FetchNow(RecoveryReason.Overflow);
        else if (result == EnqueueResult.Overflow)
            hold.EndByOverflow();
        return DeliveryOutcome.Dropped(DropReason.QueueFull);
    }

    /// <summary>The item as something that takes time, or null: its bytes are ready.</summary>
    public FilteredPiece? MakeLate(Subscription subscription, Item item) =>
        subscription.Filters is { Rest.Count: > 0 } chain
            ? new FilteredPiece(hold, subscription, chain, hold.FilterInputOf(chain, item), item, hold.Parts.Filters)
            : null;

    /// <summary>For a piece of the writer: true if the origin is asked for its channel again anyway.</summary>
    public bool IsUseless(FilteredPiece piece)
    {
        lock (hold.Gate)
            return _missed?.Contains(piece.Subscription) == true;
    }

    /// <summary>
    /// For a piece of the writer: its filters failed. The item is dropped (DIF-05); debug ends the stream (FLT-07). Where the subscription tells
    /// the order, the client misses an item, so the origin is asked for what follows the item before.
    /// </summary>
    public void FilterFailed(FilteredPiece piece, string error)
    {
        lock (hold.Gate)
        {
            if (hold.Debug)
            {
                hold.Fail($"filter error: {error}");
                hold.Backlog.Clear();
            }
            else if (piece.PrevId is not null && hold.HasNext)
            {
                (_missed ??= []).Add(piece.Subscription);
                piece.Subscription.PrevId = piece.PrevId;
                if (hold.IsHeld)
                    hold.FetchNow(RecoveryReason.FilterError);
            }
        }
    }
}
