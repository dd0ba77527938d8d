using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Channels.Publishing;

/// <summary>Offers an item to every subscription of its channel. Called under the shard lock; stateless.</summary>
internal sealed partial class FanOut(ILogger<FanOut> logger)
{
    /// <summary>Offers the item to all. Whoever has to write afterwards stands in <paramref name="drains"/>.</summary>
    public void Deliver(ChannelState? channel, Item item, DrainBatch drains)
    {
        var receivers = 0;
        if (channel is not null)
        {
            if (item.HttpResponse is not null)
                receivers += Offer(channel.Subscribers(SubscriptionMode.Response), item, drains);
            if (item.HttpStream is not null)
                receivers += Offer(channel.Subscribers(SubscriptionMode.Stream), item, drains);
        }

        Log.Published(logger, item.Channel, receivers);
    }

    private static int Offer(ReadOnlySpan<Subscription> subscriptions, Item item, DrainBatch drains)
    {
        var queued = 0;
        foreach (var subscription in subscriptions)
        {
            if (subscription.Outbound.Offer(subscription, item, drains) == DeliveryOutcome.Queued)
                queued++;
        }

        return queued;
    }
}
