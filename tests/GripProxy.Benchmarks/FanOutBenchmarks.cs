using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using GripProxy.Channels;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Timing;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Benchmarks;

/// <summary>One item from the pipeline into the queues of all subscribers and out again, without any socket.</summary>
public class FanOutBenchmarks
{
    private readonly Item[] _items =
        [new Item { Channel = "c", HttpStream = new HttpStreamFormat { Content = new byte[100] } }];

    private ServiceProvider? _services;
    private TimerWheel? _wheel;
    private PublishPipeline? _pipeline;

    /// <summary>Connections on the channel.</summary>
    [Params(1, 1000)]
    public int Outbounds { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var options = new ChannelsOptions();
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _wheel = new TimerWheel(TimeProvider.System);
        var table = new SubscriptionTable(options, _wheel, TimeProvider.System);
        var instruments = new DeliveryInstruments(_services.GetRequiredService<IMeterFactory>());
        _pipeline = new PublishPipeline(table, options, _wheel, new TraceLog(options, TimeProvider.System), instruments, NullLoggerFactory.Instance);
        for (var i = 0; i < Outbounds; i++)
            QueueOutbound.Join(table, "c");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _pipeline?.Dispose();
        _wheel?.Dispose();
        _services?.Dispose();
    }

    [Benchmark]
    public void Publish() => _pipeline!.Publish(_items);
}
