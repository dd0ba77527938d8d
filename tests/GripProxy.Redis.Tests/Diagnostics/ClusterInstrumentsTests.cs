using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GripProxy.Redis.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Redis.Tests.Diagnostics;

/// <summary>What nodes of a cluster measure (STA-30).</summary>
public sealed class ClusterInstrumentsTests : IAsyncLifetime
{
    private RedisServer _redis = null!; // by InitializeAsync
    private RedisServer _shard = null!; // by InitializeAsync
    private ClusterNode _a = null!; // by InitializeAsync
    private ClusterNode _b = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _shard = await RedisServer.StartAsync();
        ClusterOptions cluster = new() { Redis = _redis.Address, Shards = [_shard.Address] };
        _a = await ClusterNode.StartAsync(cluster, "a");
        _b = await ClusterNode.StartAsync(cluster, "b");
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _redis.DisposeAsync();
        await _shard.DisposeAsync();
    }

    [Fact]
    public async Task Shard_ThatIsAway_IsDownAndWhatWaitsForItIsCounted()
    {
        TestHold[] holds = await Task.WhenAll(_a.HoldAsync("news"), _b.HoldAsync("news"));
        using Readings readings = new(_a);
        Assert.Equal((1, 1, 0), readings.Look());
        bool isFirst = _a.Backplane.LinkOf("news") is var link && _a.Backplane.Links.Take(_a.Backplane.Links.Count / 2).Contains(link);

        await (isFirst ? _redis : _shard).KillAsync();
        await _a.WhenReadyAsync(false);
        _a.Publish("news", "1");
        await holds[0].HasAsync(1);

        (int first, int second, long relay) = readings.Look();
        Assert.Equal(isFirst ? (0, 1) : (1, 0), (first, second));
        Assert.InRange(relay, 1, 10_000);
    }

    [Fact]
    public async Task Items_ThatComeByRedis_AreCountedAndTimedWhereTheyCome()
    {
        TestHold[] holds = await Task.WhenAll(_a.HoldAsync("news"), _b.HoldAsync("news"));
        using Readings here = new(_a);
        using Readings there = new(_b);

        _a.Publish("news", "1");
        await Task.WhenAll(holds[0].HasAsync(1), holds[1].HasAsync(1));

        Assert.Equal(["http delivered"], here.Items);
        Assert.Equal(["node delivered"], there.Items);
        // One of each publish is timed.
        Assert.All(holds, hold => Assert.Equal([true], hold.Timed));
    }

    /// <summary>What one node measures. Owned by one test.</summary>
    private sealed class Readings : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, long> _now = new(StringComparer.Ordinal);
        private readonly ConcurrentQueue<string> _items = new();

        public Readings(ClusterNode node)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, node.Meters))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.Start();
        }

        public IEnumerable<string> Items => _items;

        public (int First, int Second, long Relay) Look()
        {
            _listener.RecordObservableInstruments();
            return ((int)_now["gripproxy.backplane.up 0"], (int)_now["gripproxy.backplane.up 1"], _now["gripproxy.relay"]);
        }

        public void Dispose() => _listener.Dispose();

        private void Note(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            List<object?> labels = [];
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                labels.Add(tag.Value);
            }

            if (instrument.Name == "gripproxy.publish.items")
                _items.Enqueue(string.Join(' ', labels));
            _now[string.Join(' ', labels.Prepend(instrument.Name))] = value;
        }
    }
}
