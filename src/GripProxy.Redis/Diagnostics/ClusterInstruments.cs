using System.Diagnostics.Metrics;

namespace GripProxy.Redis.Diagnostics;

/// <summary>What the cluster counts (stats-and-metrics.md STA-30). Thread-safe.</summary>
internal sealed class ClusterInstruments
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "GripProxy.Redis";

    private readonly Counter<long> _relayed;
    private readonly Counter<long> _received;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _recovered;
    private readonly Counter<long> _unreadable;
    private readonly Counter<long> _foreign;
    private readonly Meter _meter;

    public ClusterInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _relayed = _meter.CreateCounter<long>("gripproxy.cluster.relayed", "{item}", "Items that Redis took for other nodes or a log.");
        _received = _meter.CreateCounter<long>("gripproxy.cluster.received", "{item}", "Items that came from other nodes.");
        _dropped = _meter.CreateCounter<long>("gripproxy.cluster.relay_dropped", "{item}", "Items that did not fit into the relay while Redis was away.");
        _recovered = _meter.CreateCounter<long>("gripproxy.cluster.recovered", "{channel}", "Channels whose holds were sent to their origins because items may be missing.");
        _unreadable = _meter.CreateCounter<long>("gripproxy.cluster.unreadable", "{item}", "Items in a layout that this version does not know.");
        _foreign = _meter.CreateCounter<long>("gripproxy.cluster.foreign", "{call}", "Calls that found something else under a key of ours.");
    }

    /// <summary>Adds what is looked at when somebody asks.</summary>
    /// <param name="relayBytes">Bytes that wait for Redis.</param>
    /// <param name="away">Partitions that do not answer.</param>
    public void Watch(Func<long> relayBytes, Func<int> away)
    {
        _meter.CreateObservableGauge("gripproxy.cluster.relay_bytes", relayBytes, "By", "Bytes that wait for Redis.");
        _meter.CreateObservableGauge("gripproxy.cluster.away", away, "{partition}", "Partitions of the channels whose Redis does not answer.");
    }

    public void Relayed() => _relayed.Add(1);

    public void Received() => _received.Add(1);

    public void RelayFull() => _dropped.Add(1);

    public void Recovered() => _recovered.Add(1);

    public void Unreadable() => _unreadable.Add(1);

    public void Foreign() => _foreign.Add(1);
}
