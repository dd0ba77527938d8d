using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Traffic;

/// <summary>Hears how many get each item (STA-04). Called under the lock of the channel's shard: it only enqueues, never waits, never throws.</summary>
public interface IDeliveryListener
{
    /// <summary>An item goes to connections of one kind.</summary>
    /// <param name="item">The item.</param>
    /// <param name="mode">The kind, whose form of the item they get.</param>
    /// <param name="receivers">How many; at least one.</param>
    /// <param name="blocks">Blocks of that form (PUB-33), or 0: blocks are not configured.</param>
    void Delivered(Item item, SubscriptionMode mode, int receivers, int blocks);
}
