using GripProxy.Channels.Nodes;
using GripProxy.Redis.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Redis.Tests;

public sealed class NodeDirectoryTests
{
    [Fact]
    public async Task ListOthers_Nodes_AreThereUntilTheyAreGone()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        ClusterOptions cluster = new() { Redis = redis.Address };
        await using ClusterNode a = await ClusterNode.StartAsync(cluster);
        ClusterNode b = await ClusterNode.StartAsync(cluster, "b");
        a.Nodes.Describe(() => Record("a"));
        b.Nodes.Describe(() => Record("b"));

        IReadOnlyList<NodeRecord> others = await ListAsync(a, count: 1);
        Assert.Equal(("b", "1.2.3", 7), (others[0].Node, others[0].Version, others[0].Connections));
        Assert.Equal(b.Run, others[0].Run);
        Assert.Equal(["a"], (await ListAsync(b, count: 1)).Select(node => node.Node));

        await b.DisposeAsync();
        await ListAsync(a, count: 0);
        await redis.KillAsync();
        Assert.Null(await a.Nodes.ListOthersAsync());
    }

    [Fact]
    public async Task ListOthers_NodeThatDied_IsGoneAfterItsTime()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ClusterNode a = await ClusterNode.StartAsync(new ClusterOptions { Redis = redis.Address });
        await redis.AskAsync("SET", "gp:{nodes}:dead#1", """{"Run":"dead#1","Node":"dead"}""", "PX", "1000");
        await redis.AskAsync("SADD", "gp:{nodes}:index", "dead#1");
        await ListAsync(a, count: 1);
        await ListAsync(a, count: 0);
        Assert.Equal("0", (await redis.AskAsync("--raw", "SISMEMBER", "gp:{nodes}:index", "dead#1")).Trim());
    }

    private static NodeRecord Record(string name) =>
        new("", name, "1.2.3", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "ready", ["proxy"], null, 7, 8, []);

    private static async Task<IReadOnlyList<NodeRecord>> ListAsync(ClusterNode node, int count)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await node.Nodes.ListOthersAsync() is { } others && others.Count == count)
            {
                return others;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(20), $"there were never {count} others");
        }
    }
}
