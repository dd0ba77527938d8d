using System.Diagnostics.Metrics;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Diagnostics;

/// <summary>
/// What becomes of items, deliveries and held connections, in numbers (STA-30). Labels are the closed sets of <see cref="OutcomeWords"/>.
/// Thread-safe; costs next to nothing while nobody listens to the meter.
/// </summary>
public sealed class DeliveryInstruments
{
    /// <summary>Name of the meter, for whoever exports it.</summary>
    public const string MeterName = "GripProxy.Channels";

    private readonly Counter<long> _items;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _drops;
    private readonly Counter<long> _closes;
    private readonly TrafficBook _traffic;

    /// <summary>Makes the instruments; <paramref name="meters"/> owns their meter.</summary>
    public DeliveryInstruments(IMeterFactory meters, TrafficBook traffic)
    {
        var meter = meters.Create(MeterName);
        _items = meter.CreateCounter<long>("gripproxy.publish.items", "{item}", "Published items");
        _deliveries = meter.CreateCounter<long>("gripproxy.deliveries", "{delivery}", "Items put into the queue of a connection");
        _drops = meter.CreateCounter<long>("gripproxy.drops", "{delivery}", "Items lost to a connection");
        _closes = meter.CreateCounter<long>("gripproxy.closes", "{connection}", "Held connections that ended");
        _traffic = traffic;
    }

    /// <summary>Counts an item that came in.</summary>
    public void Published(PublisherDoor door, PublishOutcome outcome) => _items.Add(1, new("door", door.Word()), new("outcome", CountedAs(outcome)));

    /// <summary>Counts deliveries of one item; called once per item and kind of connection, not once per connection.</summary>
    /// <param name="route">Route of the connections, or null.</param>
    /// <param name="transport">How their clients are connected.</param>
    /// <param name="count">How many; at least one.</param>
    /// <param name="blocks">Blocks of one of them, or 0: not configured (PUB-33).</param>
    public void Delivered(RouteTraffic? route, HeldTransport transport, int count, int blocks)
    {
        _deliveries.Add(count, new KeyValuePair<string, object?>("transport", transport.Word()));
        if (route is null)
            return;
        route.Add(TrafficCount.Sent, count);
        if (transport == HeldTransport.Response)
            route.Add(TrafficCount.HttpResponseSent, count);
        if (blocks > 0)
            route.Add(TrafficCount.BlocksSent, (long)count * blocks);
    }

    /// <summary>Counts lost deliveries.</summary>
    public void Dropped(HeldTransport transport, DropReason reason, int count = 1)
    {
        if (count > 0)
            _drops.Add(count, new("transport", transport.Word()), new("reason", reason.Word()));
    }

    /// <summary>Counts the end of a held connection.</summary>
    public void Closed(HeldTransport transport, CloseReason reason) =>
        _closes.Add(1, new("transport", transport.Word()), new("reason", reason.Word()));

    /// <summary>Counts an item that is no duplicate.</summary>
    internal void Received(int blocks) => _traffic.Published(blocks);

    /// <summary>Tells whoever listens how many get an item (STA-04).</summary>
    internal void Tell(Item item, SubscriptionMode mode, int receivers, int blocks) => _traffic.Listener?.Delivered(item, mode, receivers, blocks);

    // Why an item was rejected, the log says.
    private static string CountedAs(PublishOutcome outcome) =>
        outcome is PublishOutcome.PlaceTaken or PublishOutcome.TooManyWait ? "rejected" : outcome.Word();
}
