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

    [Fact]
    public async Task ListOthers_RedisAway_AreThoseOfBefore()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        ClusterOptions cluster = new() { Redis = redis.Address };
        await using ClusterNode a = await ClusterNode.StartAsync(cluster);
        await using ClusterNode b = await ClusterNode.StartAsync(cluster, "b");
        b.Nodes.Describe(() => Record("b"));
        await ListAsync(a, count: 1);
        await redis.KillAsync();

        NodeListing? others = await a.Nodes.ListOthersAsync();
        Assert.False(others!.IsCurrent);
        Assert.Equal(["b"], others.Nodes.Select(node => node.Node));
        await using ClusterNode c = await ClusterNode.StartAsync(cluster, "c");
        Assert.Null(await c.Nodes.ListOthersAsync());
    }

    [Fact]
    public async Task Ask_Nodes_AnswerOrAreMissed()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        ClusterOptions cluster = new() { Redis = redis.Address };
        await using ClusterNode a = await ClusterNode.StartAsync(cluster);
        await using ClusterNode b = await ClusterNode.StartAsync(cluster, "b");
        int asked = 0;
        b.Nodes.Answer(question =>
        {
            asked++;
            return question.Span[0] == 'x' ? throw new FormatException("x") : Task.FromResult<ReadOnlyMemory<byte>>(question.ToArray().Append((byte)'!').ToArray());
        });

        // Each through another partition.
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal($"{i}!", await AskAsync(a, b.Run, $"{i}"));
        }

        Assert.Null(await AskAsync(a, b.Run, "x"));
        Assert.Null(await AskAsync(b, a.Run, "nobody answers here"));
        Assert.Null(await AskAsync(a, "nobody#1", "y", patience: 0.05));
        Assert.Equal(21, asked);

        await redis.KillAsync();
        await a.WhenReadyAsync(isReady: false);
        Assert.Null(await AskAsync(a, b.Run, "z"));
    }

    [Fact]
    public async Task Ask_NobodyWaitsAnyMore_IsNotAskedLater()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        ClusterOptions cluster = new() { Redis = redis.Address };
        await using ClusterNode a = await ClusterNode.StartAsync(cluster);
        await using ClusterNode b = await ClusterNode.StartAsync(cluster, "b");
        System.Collections.Concurrent.ConcurrentQueue<string> asked = [];
        b.Nodes.Answer(question =>
        {
            asked.Enqueue(System.Text.Encoding.UTF8.GetString(question.Span));
            return Task.FromResult(question);
        });
        foreach (var link in a.Backplane.Links)
        {
            link.IsHeldUp = true;
        }

        Assert.Null(await AskAsync(a, b.Run, "late", patience: 0.05));
        foreach (var link in a.Backplane.Links)
        {
            link.IsHeldUp = false;
        }

        // One through each partition.
        string[] next = [.. a.Backplane.Links.Select((_, i) => $"{i}")];
        foreach (string question in next)
        {
            Assert.Equal(question, await AskAsync(a, b.Run, question));
        }

        Assert.Equal(next, asked);
    }

    private static async Task<string?> AskAsync(ClusterNode node, string run, string question, double patience = 20) =>
        await node.Nodes.AskAsync(run, System.Text.Encoding.UTF8.GetBytes(question), TimeSpan.FromSeconds(patience), CancellationToken.None) is { } answer
            ? System.Text.Encoding.UTF8.GetString(answer.Span)
            : null;

    private static NodeRecord Record(string name) =>
        new("", name, "1.2.3", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "ready", ["proxy"], null, 7, 8, []);

    private static async Task<IReadOnlyList<NodeRecord>> ListAsync(ClusterNode node, int count)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await node.Nodes.ListOthersAsync() is { } others && others.Nodes.Count == count)
            {
                Assert.True(others.IsCurrent);
                return others.Nodes;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(20), $"there were never {count} others");
        }
    }
}
