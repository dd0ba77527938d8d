using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Items;

namespace GripProxy.Benchmarks;

/// <summary>A held client without a client: what is offered goes into a queue, and the writer takes it out again. Owned by the benchmark.</summary>
internal sealed class QueueOutbound : IOutbound
{
    private readonly OutboundQueue _queue = new();

    public string ConnectionId => "c";

    public string? RouteId => null;

    public HeldTransport Transport => HeldTransport.Stream;

    public RouteTraffic? Traffic => null;

    /// <summary>Puts another one on the channel.</summary>
    public static void Join(SubscriptionTable table, string channel)
    {
        var outbound = new QueueOutbound();
        // A new queue waits for the end of its join.
        outbound.Drain();
        table.Join(outbound, channel, SubscriptionMode.Stream, prevId: null);
    }

    public DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        if (_queue.Enqueue(item.HttpStream!.Content, subscription.Rule) == EnqueueResult.StartWriter)
            drains.Add(this);
        return DeliveryOutcome.Queued;
    }

    public void Update(Subscription subscription, UpdateCause cause, DrainBatch drains)
    {
    }

    public void Drain()
    {
        while (_queue.TryTake(out _))
        {
        }
    }
}
