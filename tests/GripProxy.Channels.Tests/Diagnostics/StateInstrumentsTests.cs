using System.Diagnostics.Metrics;
using System.Text;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Tests.Diagnostics;

public sealed class StateInstrumentsTests : IDisposable
{
    private static readonly ChannelRule s_logged = ChannelRule.Default with { LogItems = 2 };

    private readonly ChannelsFixture _channels = new();
    private readonly MemoryChannelLog _log;

    public StateInstrumentsTests() =>
        _log = new MemoryChannelLog(new ChannelsOptions { Rules = [s_logged] }, _channels.Time);

    public void Dispose()
    {
        _log.Dispose();
        _channels.Dispose();
    }

    [Fact]
    public void Waiting_ItemsThatComeGoAndAreForgotten_AreCounted()
    {
        var subscription = _channels.Table.Join(new RecordingOutbound(), "c", SubscriptionMode.Stream, prevId: null);
        _channels.Publish("1");
        _channels.Publish("4", prevId: "3");
        _channels.Publish("3", prevId: "2");
        _channels.Publish("9", prevId: "8");
        Assert.Equal(3, _channels.Table.WaitingItems);
        _channels.Publish("2", prevId: "1");
        Assert.Equal(1, _channels.Table.WaitingItems);
        _channels.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(0, _channels.Table.WaitingItems);
        _channels.Publish("20", prevId: "19");
        _channels.Table.Leave(subscription);
        Assert.Equal((0, 0), (_channels.Table.WaitingItems, _channels.Table.ChannelCount));
    }

    [Fact]
    public void Holds_OfManyRoutes_HaveABoundedNumberOfLabels()
    {
        var directory = new Directory(Enumerable.Range(0, 300).Select(i => new Held($"route-{i}", queuedBytes: i)));
        _ = new StateInstruments(_channels.Metrics.Factory, directory, _channels.Table, _log, _channels.Traffic);
        var labels = new HashSet<string?>(StringComparer.Ordinal);
        long holds = 0, bytes = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, _channels.Metrics.Factory))
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "gripproxy.queue")
                bytes += value;
            if (instrument.Name != "gripproxy.holds")
                return;
            holds += value;
            labels.Add((string?)tags[1].Value);
        });
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal((300, 300 * 299 / 2), (holds, bytes));
        Assert.Equal(201, labels.Count);
        Assert.Contains("other", labels);
    }

    [Fact]
    public void Log_ItemsThatAreKept_AreCountedInBytes()
    {
        _ = new StateInstruments(_channels.Metrics.Factory, new Directory([]), _channels.Table, _log, _channels.Traffic);
        foreach (var text in new[] { "forgotten", "abc", "de" })
            _log.Append(new Item { Channel = "c", HttpStream = new HttpStreamFormat { Content = Encoding.UTF8.GetBytes(text) } }, s_logged);
        long bytes = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "gripproxy.log" && ReferenceEquals(instrument.Meter.Scope, _channels.Metrics.Factory))
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => bytes = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(_log.Bytes, bytes);
        Assert.InRange(bytes, 5, 5 + 8);
    }

    private sealed class Directory(IEnumerable<IHeldConnection> all) : IConnectionDirectory
    {
        public int Count => All.Count();

        public IEnumerable<IHeldConnection> All { get; } = [.. all];

        public bool IsAlive(string id) => false;

        public bool Refresh(string id) => false;

        public IHeldConnection? Find(string id) => null;
    }

    private sealed class Held(string route, long queuedBytes) : IHeldConnection
    {
        public string Id => route;

        public HeldTransport Transport => HeldTransport.Stream;

        public string? Route => route;

        public System.Net.IPAddress? Peer => null;

        public IReadOnlyList<string> ChannelNames => [];

        public IReadOnlyDictionary<string, string> Meta => new Dictionary<string, string>(StringComparer.Ordinal);

        public TimeSpan Age => default;

        public long QueuedBytes => queuedBytes;

        public long Delivered => 0;

        public long Dropped => 0;

        public void Close(int code, string reason)
        {
        }

        public bool Refresh() => false;
    }
}
