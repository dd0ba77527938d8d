using System.Diagnostics.Metrics;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;

namespace GripProxy.Channels.Diagnostics;

/// <summary>
/// What becomes of deliveries and held connections, in numbers (STA-30). Labels are the closed sets of <see cref="OutcomeWords"/>. Thread-safe;
/// costs next to nothing while nobody listens to the meter.
/// </summary>
public sealed class DeliveryInstruments
{
    /// <summary>Name of the meter, for whoever exports it.</summary>
    public const string MeterName = "GripProxy.Channels";

    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _drops;
    private readonly Counter<long> _closes;

    /// <summary>Makes the instruments; <paramref name="meters"/> owns their meter.</summary>
    public DeliveryInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _deliveries = meter.CreateCounter<long>("gripproxy.deliveries", "{delivery}", "Items put into the queue of a connection");
        _drops = meter.CreateCounter<long>("gripproxy.drops", "{delivery}", "Items lost to a connection");
        _closes = meter.CreateCounter<long>("gripproxy.closes", "{connection}", "Held connections that ended");
    }

    /// <summary>Counts deliveries; called once per item and kind of hold, not once per connection. None costs nothing.</summary>
    public void Delivered(SubscriptionMode mode, int count)
    {
        if (count > 0)
            _deliveries.Add(count, new KeyValuePair<string, object?>("transport", mode.Word()));
    }

    /// <summary>Counts lost deliveries.</summary>
    public void Dropped(SubscriptionMode mode, DropReason reason, int count = 1)
    {
        if (count > 0)
            _drops.Add(count, new("transport", mode.Word()), new("reason", reason.Word()));
    }

    /// <summary>Counts the end of a held connection.</summary>
    public void Closed(SubscriptionMode mode, CloseReason reason) =>
        _closes.Add(1, new("transport", mode.Word()), new("reason", reason.Word()));
}
