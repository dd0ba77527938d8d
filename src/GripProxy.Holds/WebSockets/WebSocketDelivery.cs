using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Holds.Filters;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// What becomes of the items that one WebSocket may have (WS-13): filters that decide at once, then the queue to the client. Guarded by the hold's
/// lock.
/// </summary>
internal sealed class WebSocketDelivery(WebSocketHold hold, MessageFilters filters)
{
    private readonly WebSocketOutput _output = hold.Output;

    /// <summary>True if an item wants the origin to be asked at once (WOH-15).</summary>
    public bool MustRefresh { get; private set; }

    /// <summary>As <see cref="MustRefresh"/>; whoever gets true sees to it.</summary>
    public bool TakeRefresh()
    {
        var must = MustRefresh;
        MustRefresh = false;
        return must;
    }

    /// <summary>Takes an item that its channel lets pass now.</summary>
    /// <param name="subscription">The place that it comes by.</param>
    /// <param name="channel">What is kept of the channel, or null: it is an ordinary one.</param>
    /// <param name="item">The item; it has this format.</param>
    /// <param name="forms">Shares its bytes with other connections, or null.</param>
    /// <param name="publishedAt">When it was published, if its way is timed; else 0.</param>
    public DeliveryOutcome Pass(Subscription subscription, TrackedChannel? channel, Item item, SharedForms? forms, long publishedAt)
    {
        var format = item.WebSocketMessage!; // Only items with this format come here.
        var droppedBy = subscription.Filters?.FindDrop(hold.Subject!, item.Meta); // Where filters are, there is a subject.
        if (format.Action == ItemAction.Send)
            return Send(subscription, channel, item, droppedBy, forms, publishedAt);
        if (droppedBy is not null)
            return DeliveryOutcome.FilteredBy(droppedBy.Value);
        if (format.Action == ItemAction.Refresh)
            MustRefresh = true;
        else if (!_output.BeginClose(CloseReason.Published, ContentOf(format)))
            return DeliveryOutcome.Dropped(DropReason.ConnectionClosed);
        return DeliveryOutcome.Queued;
    }

    private DeliveryOutcome Send(
        Subscription subscription, TrackedChannel? channel, Item item, FilterKind? droppedBy, SharedForms? forms, long publishedAt)
    {
        var format = item.WebSocketMessage!; // As above.
        var late = droppedBy is null && subscription.Filters is { Rest.Count: > 0 } chain
            ? new LateMessage(hold, subscription, channel, item, hold.FilterInputOf(chain, item), filters)
            : null;
        var prevId = subscription.PrevId;
        // A client that an item is not meant for misses nothing.
        if (prevId is not null)
            subscription.PrevId = item.Id;
        if (droppedBy is not null)
            return DeliveryOutcome.FilteredBy(droppedBy.Value);
        if (!ContentFilterList.Fits(subscription.Filters, format.ContentFilters))
        {
            if (hold.Debug)
                Fail(ContentFilterList.DescribeMismatch(subscription.Filters, format.ContentFilters!)); // Only a list can differ.
            return DeliveryOutcome.Dropped(DropReason.ContentFilters);
        }

        var bytes = late is null ? hold.Encoding.Encode(item, channel?.Envelope, forms) : format.Content;
        if (late is null && bytes.IsEmpty)
            return DeliveryOutcome.NoFormat;
        // Where one channel tells the order, nothing is pushed out: it could be of that channel, and the client would never know.
        var piece = FollowedPiece.Wrap(FollowedItem.TrailOf(item), hold, bytes, late);
        var result = _output.Enqueue(bytes, subscription.Rule, piece, mayPushOut: !hold.Tracked.TellOrder, publishedAt);
        if (subscription.Rule.Overflow == OverflowPolicy.DropOldest)
            hold.CountDropped(DropReason.QueueFull, _output.TakePushedOut());
        return result switch
        {
            null => DeliveryOutcome.Dropped(DropReason.ConnectionClosed),
            EnqueueResult.Dropped or EnqueueResult.Overflow => LetGo(subscription, channel, item, prevId, result.Value),
            _ => DeliveryOutcome.Queued,
        };
    }

    /// <summary>The queue is full. A reliable channel reads what follows the last item that fitted from its log, or asks its origin.</summary>
    private DeliveryOutcome LetGo(Subscription subscription, TrackedChannel? channel, Item item, string? prevId, EnqueueResult result)
    {
        if (result == EnqueueResult.Overflow)
        {
            _output.BeginClose(CloseReason.Overflow, WebSocketCloses.TooSlow.ToContent());
        }
        else if (channel is { IsReliable: true })
        {
            subscription.PrevId = prevId;
            if (hold.Log.TryLeave(subscription, item, prevId))
                return DeliveryOutcome.Queued;
            hold.Tracked.Miss(channel, prevId, RecoveryReason.Overflow, ResumeOutcome.Overflow);
        }

        return DeliveryOutcome.Dropped(DropReason.QueueFull);
    }

    private void Fail(string text) => _output.BeginClose(CloseReason.Error, WebSocketCloses.Failed(text, debug: true).ToContent());

    // A reason counts only with a code (PUB-14).
    private static byte[] ContentOf(WebSocketMessageFormat close) => close.Code is { } code ? new WebSocketClose(code, close.Reason).ToContent() : [];
}
