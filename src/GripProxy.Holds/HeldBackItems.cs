using GripProxy.Channels.Delivery;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds;

/// <summary>
/// Items that came while a hold could not take them: it was joining, fetching, or had an earlier item in its filters. Bounded like a queue
/// of bytes. Guarded by the hold's lock.
/// </summary>
/// <param name="sizeOf">Bytes that an item counts.</param>
internal sealed class HeldBackItems(Func<Item, int> sizeOf)
{
    private readonly Queue<(Subscription Subscription, Item Item)> _items = [];
    private long _bytes;

    /// <summary>Takes one more item, within the bounds of its channel's rule, as an <see cref="OutboundQueue"/> does.</summary>
    public EnqueueResult Add(Subscription subscription, Item item)
    {
        var size = sizeOf(item);
        var rule = subscription.Rule;
        while (_bytes > 0 && _bytes + size > rule.QueueBytes)
        {
            if (rule.Overflow != OverflowPolicy.DropOldest)
                return rule.Overflow == OverflowPolicy.Close ? EnqueueResult.Overflow : EnqueueResult.Dropped;
            _bytes -= sizeOf(_items.Dequeue().Item);
        }

        _items.Enqueue((subscription, item));
        _bytes += size;
        return EnqueueResult.Waiting;
    }

    /// <summary>Hands over the oldest item, if there is one.</summary>
    public bool TryTake(out (Subscription Subscription, Item Item) oldest)
    {
        if (!_items.TryDequeue(out oldest))
            return false;
        _bytes -= sizeOf(oldest.Item);
        return true;
    }

    /// <summary>Hands the items over in order and is empty then.</summary>
    public IReadOnlyList<(Subscription Subscription, Item Item)> TakeAll()
    {
        var all = _items.ToArray();
        _items.Clear();
        _bytes = 0;
        return all;
    }
}
