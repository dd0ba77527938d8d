using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Threading.Channels;
using GripProxy.Channels;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Control.Tests.Zmtp.Commands;
using GripProxy.Control.Zmtp;
using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Tests.Testing;

/// <summary>The ZeroMQ doors with real channels behind them, on ports that the system chose.</summary>
internal sealed class OpenDoors : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private OpenDoors(ServiceProvider services, RecordedLog log)
    {
        _services = services;
        Log = log;
    }

    public RecordedLog Log { get; }

    public ZmtpDoors Doors => _services.GetRequiredService<ZmtpDoors>();

    public SubscriptionTable Table => _services.GetRequiredService<SubscriptionTable>();

    public StatsSocket Stats => _services.GetRequiredService<StatsSocket>();

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    /// <summary>Opens all that can be bound to a port, and what else is set.</summary>
    public static OpenDoors Start(string handler = "", TimeProvider? time = null, params string[] connections)
    {
        var doors = Build(
            $"""
            [handler]
            push_in_spec=tcp://127.0.0.1:0
            command_spec=tcp://127.0.0.1:0
            stats_spec=tcp://127.0.0.1:0
            {(handler.Contains("push_in_sub", StringComparison.Ordinal) ? "" : "push_in_sub_specs=tcp://127.0.0.1:0")}
            {handler}
            """,
            time,
            connections);
        Assert.Null(doors.Doors.Open());
        return doors;
    }

    /// <summary>Builds without opening.</summary>
    public static OpenDoors Build(string config, TimeProvider? time = null, params string[] connections)
    {
        var settings = Settings.Parse(config);
        var options = ControlOptions.Read(settings);
        var channels = ChannelsOptions.Read(settings);
        Assert.Empty(settings.Problems);
        var log = new RecordedLog();
        var services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug))
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton<IConnectionDirectory>(new KnownConnections(connections))
            .AddGripChannels(channels)
            .AddGripControl(options)
            .BuildServiceProvider();
        return new OpenDoors(services, log);
    }

    /// <summary>Where a door listens.</summary>
    public EndPoint this[string door] => Doors.AddressesOf(door)[0];

    /// <summary>Holds a stream on a channel.</summary>
    public HeldStream Hold(string channel)
    {
        var held = new HeldStream();
        held.Subscription = Table.Join(held, channel, SubscriptionMode.Stream, prevId: null);
        return held;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>A stream hold that keeps its items.</summary>
    internal sealed class HeldStream : IOutbound
    {
        private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>();

        public Subscription? Subscription { get; set; }

        public string ConnectionId => "held";

        public string? RouteId => null;

        public HeldTransport Transport => HeldTransport.Stream;

        public RouteTraffic? Traffic => null;

        public DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
        {
            _items.Writer.TryWrite(item);
            return DeliveryOutcome.Queued;
        }

        public void Update(Subscription subscription, UpdateCause cause, DrainBatch drains)
        {
        }

        public void Drain()
        {
        }

        /// <summary>Content of the next item.</summary>
        public async Task<string> NextAsync()
        {
            using var timeout = new CancellationTokenSource(RawClient.Patience);
            var item = await _items.Reader.ReadAsync(timeout.Token);
            return item.HttpStream is { } format ? Encoding.UTF8.GetString(format.Content.Span) : "";
        }
    }
}
