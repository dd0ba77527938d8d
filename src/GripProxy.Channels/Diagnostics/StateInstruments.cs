using System.Diagnostics.Metrics;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;

namespace GripProxy.Channels.Diagnostics;

/// <summary>
/// How many holds, channels, waiting and kept things there are (STA-30). Counted when somebody asks, so that a delivery costs nothing for it. Immutable.
/// </summary>
public sealed class StateInstruments
{
    private readonly IConnectionDirectory _connections;
    private readonly TrafficBook _traffic;

    /// <summary>Makes the instruments; <paramref name="meters"/> owns their meter.</summary>
    public StateInstruments(
        IMeterFactory meters, IConnectionDirectory connections, SubscriptionTable table, IChannelLog log, TrafficBook traffic)
    {
        _connections = connections;
        _traffic = traffic;
        var meter = meters.Create(DeliveryInstruments.MeterName);
        meter.CreateObservableUpDownCounter("gripproxy.holds", CountHolds, "{connection}", "Held connections");
        meter.CreateObservableUpDownCounter("gripproxy.queue", CountQueues, "By", "Bytes of items that wait for their clients");
        meter.CreateObservableUpDownCounter("gripproxy.channels", () => table.ChannelCount, "{channel}", "Channels in use");
        meter.CreateObservableUpDownCounter("gripproxy.sequencer.waiting", () => table.WaitingItems, "{item}", "Items that wait for the item before them");
        // What all nodes keep in Redis is counted there.
        if (log is MemoryChannelLog memory)
            meter.CreateObservableUpDownCounter("gripproxy.log", () => memory.Bytes, "By", "Bytes of items that the logs of channels keep");
    }

    private IEnumerable<Measurement<long>> CountHolds()
    {
        var counts = new Dictionary<(HeldTransport Transport, string Route), long>();
        foreach (var connection in _connections.All)
        {
            var key = (connection.Transport, _traffic.Of(connection.Route).Label);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        foreach (var ((transport, route), count) in counts)
            yield return new Measurement<long>(count, new("transport", transport.Word()), new("route", route));
    }

    private IEnumerable<Measurement<long>> CountQueues()
    {
        var bytes = new long[Enum.GetValues<HeldTransport>().Length];
        foreach (var connection in _connections.All)
            bytes[(int)connection.Transport] += connection.QueuedBytes;
        foreach (var transport in Enum.GetValues<HeldTransport>())
            yield return new Measurement<long>(bytes[(int)transport], new KeyValuePair<string, object?>("transport", transport.Word()));
    }
}
