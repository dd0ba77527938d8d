using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Items;

namespace GripProxy.Control.Stats;

/// <summary>Makes the messages about items that go to connections (STA-04). Thread-safe; has no state.</summary>
internal sealed class DeliveryNews(StatsFeed feed, StatsMessages messages) : IDeliveryListener
{
    /// <inheritdoc/>
    public void Delivered(Item item, SubscriptionMode mode, int receivers, int blocks)
    {
        if (feed.IsHeard(StatsKind.Message))
            feed.Send(messages.Message(item, mode, receivers, blocks));
    }
}
