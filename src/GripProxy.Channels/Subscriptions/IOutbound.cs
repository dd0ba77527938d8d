using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Subscriptions;

/// <summary>A held client as the channels see it: something that takes items. One per hold, whatever its transport.</summary>
public interface IOutbound : IPrefetched
{
    /// <summary>Id of the connection, for traces (CTL-09).</summary>
    string ConnectionId { get; }

    /// <summary>Explicit id of the route that its request took, or null. Deliveries are paced per route (PUB-32).</summary>
    string? RouteId { get; }

    /// <summary>How its client is connected. Never changes.</summary>
    HeldTransport Transport { get; }

    /// <summary>Where its deliveries are counted, or null: nowhere. Never changes.</summary>
    RouteTraffic? Traffic { get; }

    /// <summary>
    /// Takes an item, or says why not. Called under the lock of the channel's shard, by one thread per channel: it only enqueues. If nobody is
    /// writing to the client yet, it adds itself to <paramref name="drains"/>.
    /// </summary>
    DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains);

    /// <summary>
    /// Asked to fetch from the origin what may have been missed on a channel. Called under the shard's lock, like <see cref="Offer"/>.
    /// </summary>
    void Update(Subscription subscription, UpdateCause cause, DrainBatch drains);

    /// <summary>Writes what is queued, outside all locks. Called once per addition to a <see cref="DrainBatch"/>; never throws.</summary>
    void Drain();
}
