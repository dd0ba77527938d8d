using System.Diagnostics.Metrics;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
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

    // Seconds: most items are with the network in less than a millisecond; what waits for a slow client takes as long as that likes.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    };

    private readonly Counter<long> _items;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _drops;
    private readonly Counter<long> _closes;
    private readonly Counter<long> _recoveries;
    private readonly Counter<long> _refusals;
    private readonly Histogram<double> _toWrite;
    private readonly Counter<long> _resumes;
    private readonly TrafficBook _traffic;
    private readonly TimeProvider _time;

    /// <summary>Makes the instruments; <paramref name="meters"/> owns their meter.</summary>
    public DeliveryInstruments(IMeterFactory meters, TrafficBook traffic, TimeProvider time)
    {
        var meter = meters.Create(MeterName);
        _items = meter.CreateCounter<long>("gripproxy.publish.items", "{item}", "Published items");
        _deliveries = meter.CreateCounter<long>("gripproxy.deliveries", "{delivery}", "Items put into the queue of a connection");
        _drops = meter.CreateCounter<long>("gripproxy.drops", "{delivery}", "Items lost to a connection");
        _closes = meter.CreateCounter<long>("gripproxy.closes", "{connection}", "Held connections that ended");
        _recoveries = meter.CreateCounter<long>("gripproxy.recoveries", "{question}", "Questions to origins for items that a client may have missed");
        _refusals = meter.CreateCounter<long>("gripproxy.refusals", "{request}", "Requests refused, by reason.");
        _toWrite = meter.CreateHistogram(
            "gripproxy.publish_to_write", "s", "Time from a publish until an item is with the network, of a sample of the deliveries", tags: null, Buckets);
        _resumes = meter.CreateCounter<long>("gripproxy.resumes", "{hold}", "Holds that were to go on where their client was");
        _traffic = traffic;
        _time = time;
    }

    /// <summary>Now, for deliveries that begin and may be timed; 0 while nobody wants to know.</summary>
    public long StartOfPublish() => _toWrite.Enabled ? _time.GetTimestamp() : 0;

    /// <summary>An item whose delivery is timed is with the network.</summary>
    /// <param name="transport">How its client is connected.</param>
    /// <param name="publishedAt">What <see cref="DrainBatch.NextTimed"/> said of it; nothing is done for 0.</param>
    public void Written(HeldTransport transport, long publishedAt)
    {
        if (publishedAt != 0)
            _toWrite.Record(_time.GetElapsedTime(publishedAt).TotalSeconds, new KeyValuePair<string, object?>("transport", transport.Word()));
    }

    /// <summary>Counts that a hold asks its origin for what its client may have missed.</summary>
    public void Recovering(HeldTransport transport, RecoveryReason reason) =>
        _recoveries.Add(1, new("transport", transport.Word()), new("reason", reason.Word()));

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

    /// <summary>Counts a message of a client that is longer than <c>[limits] ws_message</c>.</summary>
    public void MessageTooLong() => _refusals.Add(1, new KeyValuePair<string, object?>("reason", "ws_message"));

    /// <summary>Counts a client of a WebSocket that sends more pings and pongs than <c>[limits] ws_control</c>.</summary>
    public void TooManyControlFrames() => _refusals.Add(1, new KeyValuePair<string, object?>("reason", "ws_control"));

    /// <summary>Counts that a connection was to have more channels than <c>[handler] connection_subscription_max</c>.</summary>
    public void TooManyChannels() => _refusals.Add(1, new KeyValuePair<string, object?>("reason", "connection_subscription_max"));

    /// <summary>Counts how a resume went (LOG-02).</summary>
    public void Resumed(HeldTransport transport, ResumeOutcome outcome) =>
        _resumes.Add(1, new("transport", transport.Word()), new("outcome", outcome.Word()));

    /// <summary>Counts an item that is no duplicate.</summary>
    internal void Received(int blocks) => _traffic.Published(blocks);

    /// <summary>Tells whoever listens how many get an item (STA-04).</summary>
    internal void Tell(Item item, SubscriptionMode mode, int receivers, int blocks) => _traffic.Listener?.Delivered(item, mode, receivers, blocks);

    // Why an item was rejected, the log says.
    private static string CountedAs(PublishOutcome outcome) =>
        outcome is PublishOutcome.PlaceTaken or PublishOutcome.TooManyWait ? "rejected" : outcome.Word();
}
