using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Holds.Filters;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Messages;

/// <summary>
/// What becomes of the items that one client may have: filters that decide at once, then the queue. Guarded by the hold's lock.
/// </summary>
internal sealed class MessageDelivery(MessageHold hold, MessageFilters filters)
{
    /// <summary>Takes an item that its channel lets pass now.</summary>
    /// <param name="subscription">The place that it comes by.</param>
    /// <param name="channel">What is kept of the channel.</param>
    /// <param name="item">The item.</param>
    /// <param name="form">What it is to the client.</param>
    /// <param name="forms">Shares its bytes with other connections, or null.</param>
    /// <param name="publishedAt">When it was published, if its way is timed; else 0.</param>
    public DeliveryOutcome Pass(
        Subscription subscription, MessageChannel channel, Item item, MessageForm form, SharedForms? forms, long publishedAt)
    {
        var droppedBy = subscription.Filters?.FindDrop(hold.Subject!, item.Meta); // Where filters are, there is a subject.
        if (droppedBy is not null)
            return DeliveryOutcome.FilteredBy(droppedBy.Value);
        if (form.Action == ItemAction.Close)
            return hold.Output.BeginEnd(CloseReason.Published, "") ? DeliveryOutcome.Queued : DeliveryOutcome.Dropped(DropReason.ConnectionClosed);
        return Fits(subscription, form) ? Send(subscription, channel, item, form, forms, publishedAt) : DeliveryOutcome.Dropped(DropReason.ContentFilters);
    }

    /// <summary>True if the subscription has the filters that the content asks for (FLT-05); if not, debug ends the connection.</summary>
    public bool Fits(Subscription subscription, MessageForm form)
    {
        if (ContentFilterList.Fits(subscription.Filters, form.ContentFilters))
            return true;
        if (hold.Debug)
            hold.Output.BeginEnd(CloseReason.Error, ContentFilterList.DescribeMismatch(subscription.Filters, form.ContentFilters!)); // Only a list can differ.
        return false;
    }

    /// <summary>The item as something that takes time, or null: its bytes are ready.</summary>
    public LateItem? MakeLate(Subscription subscription, MessageChannel channel, Item item, MessageForm form) =>
        subscription.Filters is { Rest.Count: > 0 } chain ? new LateItem(hold, chain, channel.Encoding, item, form, filters) : null;

    private DeliveryOutcome Send(
        Subscription subscription, MessageChannel channel, Item item, MessageForm form, SharedForms? forms, long publishedAt)
    {
        var late = MakeLate(subscription, channel, item, form);
        var bytes = late is null ? channel.Encoding.Encode(item, form, forms) : form.Content;
        var piece = FollowedPiece.Wrap(FollowedItem.TrailOf(item), hold, bytes, late);
        // What is pushed out may be of a channel with a log, whose client goes by positions: it would never know.
        var result = hold.Output.Enqueue(bytes, subscription.Rule, piece, mayPushOut: !hold.HasLog, publishedAt);
        if (subscription.Rule.Overflow == OverflowPolicy.DropOldest)
            hold.CountDropped(DropReason.QueueFull, hold.Output.TakePushedOut());
        switch (result)
        {
            case null:
                return DeliveryOutcome.Dropped(DropReason.ConnectionClosed);
            case EnqueueResult.Overflow:
                hold.EndByOverflow(channel);
                return DeliveryOutcome.Dropped(DropReason.QueueFull);
            case EnqueueResult.Dropped:
                // What the log has is read from it when its turn comes.
                return hold.Log.TryLeave(subscription, item, prevId: null) ? DeliveryOutcome.Queued : DeliveryOutcome.Dropped(DropReason.QueueFull);
            default:
                return DeliveryOutcome.Queued;
        }
    }
}
