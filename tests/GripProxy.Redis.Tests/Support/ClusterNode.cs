using System.Diagnostics.Metrics;
using GripProxy.Channels;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Nodes;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;
using GripProxy.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Redis.Tests.Support;

/// <summary>One node in this process: table, pipeline, backplane and log as the proxy has them, without clients.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;

    private ClusterNode(ServiceProvider services) => _services = services;

    public RedisBackplane Backplane => _services.GetRequiredService<RedisBackplane>();

    public SubscriptionTable Table => _services.GetRequiredService<SubscriptionTable>();

    public PublishPipeline Pipeline => _services.GetRequiredService<PublishPipeline>();

    public INodeDirectory Nodes => _services.GetRequiredService<INodeDirectory>();

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public IChannelLog Log => _services.GetRequiredService<IChannelLog>();

    public string Run => Backplane.Node.Run;

    public static async Task<ClusterNode> StartAsync(
        ClusterOptions cluster, string name = "a", ChannelsOptions? channels = null, ILoggerFactory? logs = null)
    {
        ServiceCollection services = new();
        services.AddSingleton(logs ?? NullLoggerFactory.Instance).AddSingleton(typeof(ILogger<>), typeof(Logger<>)).AddMetrics();
        services.AddSingleton(TimeProvider.System);
        services.AddGripRedis(cluster);
        channels ??= new ChannelsOptions { IdCacheTtl = TimeSpan.FromSeconds(60) };
        services.AddGripChannels(new ChannelsOptions
        {
            Node = name,
            Rules = channels.Rules,
            IdCacheTtl = channels.IdCacheTtl,
            MessageWait = channels.MessageWait,
            UpdateOnFirstSubscription = false,
            SubscriptionLinger = TimeSpan.Zero,
        });
        ClusterNode node = new(services.BuildServiceProvider());
        _ = node.Pipeline; // It gives itself to the backplane.
        await node.Backplane.ConnectAsync(node.Table, TimeSpan.FromSeconds(10));
        return node;
    }

    /// <summary>Joins a channel as a hold does: reserve, wait for the backplane.</summary>
    public async Task<TestHold> HoldAsync(string channel, bool carriesPosition = false)
    {
        TestHold hold = new(Table, Backplane);
        await hold.JoinAsync(channel, carriesPosition);
        return hold;
    }

    /// <summary>Waits until the node knows that it is the only one that holds a channel.</summary>
    public Task WhenSoloAsync(string channel) => WaitAsync(() => Backplane.LinkOf(channel).IsSolo(channel), "this node is the only holder");

    /// <summary>Waits until Redis answers, or does not.</summary>
    public Task WhenReadyAsync(bool isReady) => WaitAsync(() => Backplane.IsReady == isReady, isReady ? "Redis answers" : "Redis is away");

    /// <summary>Reads a log as soon as it can be read.</summary>
    public async Task<LogPage> WhenReadAsync(string channel, Position after)
    {
        LogPage page = LogPage.Failed(ResumeOutcome.Unavailable);
        using CancellationTokenSource patience = new(s_patience);
        while (page.Outcome == ResumeOutcome.Unavailable)
        {
            page = await Log.ReadAsync(channel, after, 1000, 1_000_000, patience.Token);
            patience.Token.ThrowIfCancellationRequested();
        }

        return page;
    }

    public void Publish(string channel, string id, string? prevId = null) => Pipeline.Publish([Item(channel, id, prevId)]);

    public static Item Item(string channel, string id, string? prevId = null) =>
        new() { Channel = channel, Id = id, PrevId = prevId, HttpStream = new HttpStreamFormat { Content = System.Text.Encoding.UTF8.GetBytes(id) } };

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>Waits for what has no event of its own.</summary>
    public static async Task WaitAsync(Func<bool> condition, string what)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            Assert.True(TimeProvider.System.GetElapsedTime(since) < s_patience, $"waited for: {what}");
        }
    }
}
