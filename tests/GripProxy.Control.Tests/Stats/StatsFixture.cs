using GripProxy.Channels;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Timing;
using GripProxy.Channels.Tracing;
using GripProxy.Channels.Traffic;
using GripProxy.Control.Stats;
using GripProxy.Protocol.Items;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Control.Tests.Stats;

/// <summary>A stats stream over real channels, under a clock that the test moves.</summary>
internal sealed class StatsFixture : IDisposable
{
    private readonly MetricsRecorder _metrics = new(DeliveryInstruments.MeterName);
    private readonly TimerWheel _wheel;

    public StatsFixture(StatsOptions? options = null, ChannelsOptions? channels = null)
    {
        channels ??= new ChannelsOptions { UpdateOnFirstSubscription = false };
        _wheel = new TimerWheel(Time);
        Table = new SubscriptionTable(channels, _wheel, Time);
        Connections = new LiveConnections(Time);
        Pipeline = new PublishPipeline(
            Table, channels, new LocalBackplane(new MemoryChannelLog(channels, Time)), new TraceLog(channels, Time), new DeliveryInstruments(_metrics.Factory, Traffic, Time), NullLoggerFactory.Instance);
        var feed = new StatsFeed();
        feed.Add(Sink);
        Stream = new StatsStream(new StatsSources(Traffic, Connections, Table), feed, options ?? new StatsOptions { Instance = "me" }, Time);
        Stream.Start();
    }

    public ManualTime Time { get; } = new();

    public TrafficBook Traffic { get; } = new();

    public RecordingSink Sink { get; } = new();

    public SubscriptionTable Table { get; }

    public LiveConnections Connections { get; }

    public PublishPipeline Pipeline { get; }

    public StatsStream Stream { get; }

    public Subscription Join(string channel, SubscriptionMode mode = SubscriptionMode.Stream) => Table.Join(new Taker(), channel, mode, prevId: null);

    public void Leave(Subscription subscription) => Table.Leave(subscription);

    /// <summary>Lets time pass in steps of the stream's timer, and gives what was sent meanwhile.</summary>
    public IReadOnlyList<string> Pass(double seconds)
    {
        for (var steps = (int)Math.Round(seconds * 10); steps > 0; steps--)
            Time.Advance(TimeSpan.FromMilliseconds(100));
        return Sink.Take();
    }

    public void Dispose()
    {
        Stream.Dispose();
        Pipeline.Dispose();
        _wheel.Dispose();
        _metrics.Dispose();
    }

    private sealed class Taker : IOutbound
    {
        public string ConnectionId => "c";

        public string? RouteId => null;

        public HeldTransport Transport => HeldTransport.Stream;

        public RouteTraffic? Traffic => null;

        public DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains) => DeliveryOutcome.Queued;

        public void Update(Subscription subscription, UpdateCause cause, DrainBatch drains)
        {
            // It has no origin.
        }

        public void Drain()
        {
            // Nothing is written.
        }
    }
}
