using System.Diagnostics.Metrics;
using System.Globalization;
using GripProxy.Channels.Outcomes;

namespace GripProxy.Redis.Diagnostics;

/// <summary>What the cluster counts (STA-30). Thread-safe.</summary>
internal sealed class ClusterInstruments
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "GripProxy.Redis";

    /// <summary>Reason of <see cref="Lost"/>: another version of this program wrote it.</summary>
    public const string Unreadable = "unreadable";

    private readonly Counter<long> _sent;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _recovered;
    private readonly Counter<long> _foreign;
    private readonly Meter _meter;

    public ClusterInstruments(IMeterFactory meters)
    {
        // The factory owns the meter and disposes of it.
        _meter = meters.Create(MeterName);
        _sent = _meter.CreateCounter<long>("gripproxy.backplane.sent", "{item}", "Items that Redis took for other nodes or a log");
        _lost = _meter.CreateCounter<long>("gripproxy.backplane.lost", "{item}", "Items lost on their way between nodes");
        _recovered = _meter.CreateCounter<long>(
            "gripproxy.backplane.recovered", "{channel}", "Channels whose holds were sent to their origins because items may be missing");
        _foreign = _meter.CreateCounter<long>("gripproxy.backplane.foreign", "{call}", "Calls that found something else under a key of ours");
    }

    /// <summary>Reason of <see cref="Lost"/>: <c>[cluster] relay_bytes</c> waited for Redis.</summary>
    public static string RelayFull => DropReason.RelayFull.Word();

    /// <summary>Adds what is looked at when somebody asks.</summary>
    /// <param name="relayBytes">Bytes that wait for Redis.</param>
    /// <param name="shards">How many Redis there are.</param>
    /// <param name="isUp">Whether one of them answers.</param>
    public void Watch(Func<long> relayBytes, int shards, Func<int, bool> isUp)
    {
        _meter.CreateObservableUpDownCounter("gripproxy.relay", relayBytes, "By", "Bytes of items that wait for Redis");
        // The number, not the address: whoever reads metrics need not know that.
        _meter.CreateObservableGauge(
            "gripproxy.backplane.up",
            () => Enumerable.Range(0, shards).Select(shard => new Measurement<int>(
                isUp(shard) ? 1 : 0, new KeyValuePair<string, object?>("shard", shard.ToString(CultureInfo.InvariantCulture)))),
            unit: null,
            "1 while this Redis answers, else 0");
    }

    public void Sent() => _sent.Add(1);

    public void Lost(string reason) => _lost.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Recovered() => _recovered.Add(1);

    public void Foreign() => _foreign.Add(1);
}
