using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds;

/// <summary>
/// Items that came while a hold could not take them: it was joining, fetching, or had an earlier item in its filters. Bounded like a queue
/// of bytes. Guarded by the hold's lock.
/// </summary>
/// <param name="sizeOf">Bytes that an item counts.</param>
/// <param name="reason">Why an item is lost that goes for a newer one.</param>
internal sealed class HeldBackItems(Func<Item, int> sizeOf, DropReason reason)
{
    private readonly Queue<(Subscription Subscription, Item Item)> _items = [];
    private int _pushedOut;

    /// <summary>Bytes of all that waits.</summary>
    public long Bytes { get; private set; }

    /// <summary>
    /// True if an item is missing since all were taken last that the hold may not lose in silence: its subscription tells the order, or the rule
    /// of its channel asks for an end instead of a loss.
    /// </summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>Takes one more item, within the bounds of its channel's rule, as an <see cref="OutboundQueue"/> does.</summary>
    public EnqueueResult Add(Subscription subscription, Item item)
    {
        var size = SizeOf(item);
        var rule = subscription.Rule;
        while (Bytes > 0 && Bytes + size > rule.QueueBytes)
        {
            if (rule.Overflow != OverflowPolicy.DropOldest)
            {
                IsIncomplete |= subscription.PrevId is not null || rule.Overflow == OverflowPolicy.Close;
                return rule.Overflow == OverflowPolicy.Close ? EnqueueResult.Overflow : EnqueueResult.Dropped;
            }

            PushOutOldest();
        }

        _items.Enqueue((subscription, item));
        Bytes += size;
        return EnqueueResult.Waiting;
    }

    /// <summary>How many items went for newer ones since it was asked last.</summary>
    public int TakePushedOut()
    {
        var count = _pushedOut;
        _pushedOut = 0;
        return count;
    }

    /// <summary>The id that a hold will have seen last, after what follows <paramref name="prevId"/> among the items.</summary>
    public string? Follow(string? prevId)
    {
        foreach (var (_, item) in _items)
        {
            if (item.PrevId == prevId)
                prevId = item.Id;
        }

        return prevId;
    }

    /// <summary>Hands over the oldest item, if there is one.</summary>
    public bool TryTake(out (Subscription Subscription, Item Item) oldest)
    {
        if (!_items.TryDequeue(out oldest))
            return false;
        Bytes -= SizeOf(oldest.Item);
        return true;
    }

    /// <summary>Hands the items over in order and is empty then.</summary>
    public (Subscription Subscription, Item Item)[] TakeAll()
    {
        var all = _items.ToArray();
        _items.Clear();
        Bytes = 0;
        IsIncomplete = false;
        return all;
    }

    private void PushOutOldest()
    {
        var (subscription, item) = _items.Dequeue();
        Bytes -= SizeOf(item);
        _pushedOut++;
        FollowedItem.TrailOf(item)?.Note(subscription.Outbound, DeliveryOutcome.Dropped(reason));
        IsIncomplete |= subscription.PrevId is not null;
    }

    // An item without content, such as a hint, is no reason to let the queue grow for ever either.
    private int SizeOf(Item item) => Math.Max(1, sizeOf(item));
}
