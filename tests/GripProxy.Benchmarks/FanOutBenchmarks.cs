using BenchmarkDotNet.Attributes;
using GripProxy.Channels;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Benchmarks;

/// <summary>One item from the pipeline into the queues of all subscribers and out again, without any socket.</summary>
public class FanOutBenchmarks
{
    private readonly Item[] _items =
        [new Item { Channel = "c", HttpStream = new HttpStreamFormat { Content = new byte[100] } }];

    private ServiceProvider? _services;
    private PublishPipeline? _pipeline;

    /// <summary>Connections on the channel.</summary>
    [Params(1, 1000)]
    public int Outbounds { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddMetrics()
            .AddGripChannels(new ChannelsOptions())
            .BuildServiceProvider();
        var table = _services.GetRequiredService<SubscriptionTable>();
        _pipeline = _services.GetRequiredService<PublishPipeline>();
        for (var i = 0; i < Outbounds; i++)
            QueueOutbound.Join(table, "c");
    }

    [GlobalCleanup]
    public void Cleanup() => _services?.Dispose();

    [Benchmark]
    public void Publish() => _pipeline!.Publish(_items);
}
