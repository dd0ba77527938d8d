using GripProxy.Redis.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Redis.Tests;

/// <summary>Redis with a replica, as a cluster, and several of them.</summary>
public sealed class TopologyTests
{
    private const int Channels = 64;

    [Fact]
    public async Task Failover_ToAReplica_LosesNothing()
    {
        await using RedisServer master = await RedisServer.StartAsync();
        await using RedisServer replica = await RedisServer.StartAsync();
        await replica.FollowAsync(master);
        string redis = $"{master.Address},{replica.Address}";
        await using ClusterNode a = await ClusterNode.StartAsync(new ClusterOptions { Redis = redis });
        await using ClusterNode b = await ClusterNode.StartAsync(new ClusterOptions { Redis = redis }, "b");
        TestHold hold = await b.HoldAsync("news");
        int count = 0;
        for (; count < 100; count++)
        {
            a.Publish("news", $"{count}");
        }

        await hold.HasAsync(1);
        await master.KillAsync();
        for (; count < 200; count++)
        {
            a.Publish("news", $"{count}");
        }

        await replica.AskAsync("REPLICAOF", "NO", "ONE");
        for (; count < 300; count++)
        {
            a.Publish("news", $"{count}");
        }

        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i}"), await hold.HasAsync(count));
        Assert.True((await hold.HasAsync(count)).Length == count);
    }

    [Fact]
    public async Task Cluster_OfThreeMasters_CarriesAllChannels()
    {
        RedisServer[] servers = await RedisServer.StartClusterAsync();
        try
        {
            await CheckAsync(new ClusterOptions { Redis = servers[0].Address }, servers);
        }
        finally
        {
            foreach (RedisServer server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Shards_OfTwoRedis_ShareTheChannels()
    {
        await using RedisServer one = await RedisServer.StartAsync();
        await using RedisServer two = await RedisServer.StartAsync();
        await CheckAsync(new ClusterOptions { Redis = one.Address, Shards = [two.Address] }, one, two);
    }

    private static async Task CheckAsync(ClusterOptions options, params RedisServer[] servers)
    {
        await using ClusterNode a = await ClusterNode.StartAsync(options);
        await using ClusterNode b = await ClusterNode.StartAsync(options, "b");
        Assert.True(a.Backplane.IsReady && b.Backplane.IsReady);
        TestHold[] holds = await Task.WhenAll(Enumerable.Range(0, Channels).Select(i => b.HoldAsync($"c{i}")));
        for (int i = 0; i < Channels; i++)
        {
            a.Publish($"c{i}", "1");
        }

        foreach (TestHold hold in holds)
        {
            Assert.Equal(["1"], await hold.HasAsync(1));
        }

        foreach (RedisServer server in servers)
        {
            Assert.NotEqual(0, await server.CountCallsAsync("xadd"));
        }
    }
}
