using GripProxy.Channels.Delivery;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Streams;

/// <summary>
/// Items that came while a stream was joining or fetching, bounded like its queue. Guarded by the hold's lock.
/// </summary>
internal sealed class HeldBackItems
{
    private readonly Queue<(Subscription Subscription, Item Item)> _items = [];
    private long _bytes;

    /// <summary>Takes one more item, within the bounds of its channel's rule, as an <see cref="OutboundQueue"/> does.</summary>
    public EnqueueResult Add(Subscription subscription, Item item)
    {
        var size = SizeOf(item);
        var rule = subscription.Rule;
        while (_bytes > 0 && _bytes + size > rule.QueueBytes)
        {
            if (rule.Overflow != OverflowPolicy.DropOldest)
                return rule.Overflow == OverflowPolicy.Close ? EnqueueResult.Overflow : EnqueueResult.Dropped;
            _bytes -= SizeOf(_items.Dequeue().Item);
        }

        _items.Enqueue((subscription, item));
        _bytes += size;
        return EnqueueResult.Waiting;
    }

    /// <summary>Hands the items over in order and is empty then.</summary>
    public IReadOnlyList<(Subscription Subscription, Item Item)> TakeAll()
    {
        var all = _items.ToArray();
        _items.Clear();
        _bytes = 0;
        return all;
    }

    private static int SizeOf(Item item) => item.HttpStream!.Content.Length; // Only items with this format come here.
}
