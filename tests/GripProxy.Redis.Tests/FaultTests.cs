using GripProxy.Redis.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Redis.Tests;

/// <summary>A Redis that cannot be used: the node serves its own clients, says why, and is whole again when the cause is gone.</summary>
public sealed class FaultTests
{
    private readonly LogRecorder _logs = new();

    [Fact]
    public async Task Password_Wrong_IsSaidAndHealed()
    {
        await using RedisServer redis = await RedisServer.StartAsync("--requirepass", "right");
        await using ClusterNode node = await StartAsync($"{redis.Address},password=wrong");
        await CheckAsync(node, "refuses user or password; set password=", () => redis.AskAsync("-a", "right", "CONFIG", "SET", "requirepass", "wrong"));
        Assert.DoesNotContain(_logs.Lines, line => line.Contains("=wrong", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Password_Missing_IsSaidAndHealed()
    {
        await using RedisServer redis = await RedisServer.StartAsync("--requirepass", "right");
        await using ClusterNode node = await StartAsync(redis.Address);
        await CheckAsync(node, "refuses user or password", () => redis.AskAsync("-a", "right", "CONFIG", "SET", "requirepass", ""));
    }

    [Fact]
    public async Task Address_NobodyThere_IsSaidAndHealed()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using ClusterNode node = await StartAsync(redis.Address);
        await CheckAsync(node, redis.Address, () => redis.StartAgainAsync());
    }

    [Fact]
    public async Task Redis_GoesAndComes_IsInTheLogOnceAndNotOncePerPartition()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ClusterNode node = await StartAsync(redis.Address);
        await node.WhenReadyAsync(true);
        await redis.KillAsync();
        await node.WhenReadyAsync(false);
        await redis.StartAgainAsync();
        await node.WhenReadyAsync(true);
        await ClusterNode.WaitAsync(() => Told("answers") == 2, "Redis answered twice");

        // Every partition told something each time; how a connection ends may be told in more than one way, as "not there" and "does not answer in time".
        Assert.InRange(Told("clients of this node are served on"), 1, 3);
        Assert.InRange(Told("has lost data"), 0, 1);
        // How a connection ended is for people: neither twice nor with the version of a library.
        Assert.DoesNotContain(_logs.Lines, line => line.Contains(", v: ", StringComparison.Ordinal) || line.Contains("SocketClosed: SocketClosed", StringComparison.Ordinal));

        int Told(string words) => _logs.Lines.Count(line =>
            line.StartsWith($"Warning: cluster: Redis {redis.Address}", StringComparison.Ordinal) || line.StartsWith($"Information: cluster: Redis {redis.Address}", StringComparison.Ordinal)
            ? line.Contains(words, StringComparison.Ordinal) : false);
    }

    [Fact]
    public async Task Version_TooOld_IsSaidAndHealed()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using OldRedis old = new(redis.Port);
        await using ClusterNode node = await StartAsync(old.Address);
        await CheckAsync(node, "it is Redis 5.0.15, expected 6.2 or newer", () =>
        {
            old.IsUpdated = true;
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Replica_Alone_IsSaidAndHealed()
    {
        await using RedisServer master = await RedisServer.StartAsync();
        await using RedisServer replica = await RedisServer.StartAsync();
        await replica.FollowAsync(master);
        await using ClusterNode node = await StartAsync(replica.Address);
        await CheckAsync(node, "it is a replica that takes no writes; name its master", () => replica.AskAsync("REPLICAOF", "NO", "ONE"));
    }

    [Fact]
    public async Task Memory_Full_IsSaidAndHealed()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ClusterNode node = await StartAsync(redis.Address);
        await redis.AskAsync("CONFIG", "SET", "maxmemory", "1");
        node.Publish("other", "1"); // While nothing has to be kept there, nothing is wrong.
        await CheckAsync(node, "it has no memory left; raise its maxmemory", () => redis.AskAsync("CONFIG", "SET", "maxmemory", "0"));
    }

    [Fact]
    public async Task ForeignData_UnderAPartition_IsSaidAndHealed()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ClusterNode node = await StartAsync(redis.Address);
        string key = $"{node.Backplane.LinkOf("c").Script.Key}meta";
        await redis.AskAsync("SET", key, "mine");
        await CheckAsync(node, "there is something else under our keys; delete it", () => redis.AskAsync("DEL", key));
    }

    [Fact]
    public async Task ForeignData_UnderAChannel_KeepsThatChannelLocalAndOthersWhole()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ClusterNode a = await StartAsync(redis.Address);
        await using ClusterNode b = await StartAsync(redis.Address);
        await redis.AskAsync("SET", $"{a.Backplane.LinkOf("foreign").Script.Key}c:foreign", "mine");
        TestHold broken = await a.HoldAsync("foreign");
        TestHold whole = await b.HoldAsync("whole");
        a.Publish("foreign", "1");
        a.Publish("whole", "1");
        Assert.Equal(["1"], await broken.HasAsync(1));
        Assert.Equal(["1"], await whole.HasAsync(1));
        Assert.True(a.Backplane.IsReady);
        Assert.Contains(_logs.Lines, line => line.StartsWith("Error: cluster: Redis has something else under a key of channel=foreign", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Item_OfANewerNode_IsSaidAndRecovered()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ClusterNode node = await StartAsync(redis.Address);
        TestHold hold = await node.HoldAsync("c");
        string key = node.Backplane.LinkOf("c").Script.Key;
        string number = (await redis.AskAsync("--raw", "HINCRBY", $"{key}n:{node.Run}", "n", "1")).Trim();
        await redis.AskAsync("XADD", $"{key}in:{node.Run}", $"{number}-0", "k", "i", "f", "new#1", "s", "1", "t", "", "b", "\u007fwhatever");
        await hold.UpdatedAsync();
        Assert.Contains(_logs.Lines, line => line.Contains("an item in layout 127 came from a newer node", StringComparison.Ordinal));
        node.Publish("c", "1");
        Assert.Equal(["1"], await hold.HasAsync(1));
    }

    [Fact]
    public async Task Data_OfANewerLayout_IsSaid()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        for (int i = 0; i < 16; i++)
        {
            await redis.AskAsync("HSET", $"gp:{{{i}}}:meta", "layout", "2");
        }

        await using ClusterNode node = await StartAsync(redis.Address);
        await CheckAsync(node, "its data has layout 2, this version knows 1", () => redis.AskAsync("FLUSHALL"));
    }

    [Fact]
    public async Task Inbox_MessageMissing_IsRecovered()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ClusterNode a = await StartAsync(redis.Address);
        await using ClusterNode b = await StartAsync(redis.Address);
        TestHold hold = await a.HoldAsync("c");
        b.Publish("c", "1");
        await hold.HasAsync(1);
        await redis.AskAsync("HINCRBY", $"{a.Backplane.LinkOf("c").Script.Key}n:{a.Run}", "n", "1");
        b.Publish("c", "2");
        await hold.UpdatedAsync();
        Assert.Equal(["1", "2"], await hold.HasAsync(2));
    }

    private Task<ClusterNode> StartAsync(string redis) => ClusterNode.StartAsync(new ClusterOptions { Redis = redis }, logs: _logs);

    private async Task CheckAsync(ClusterNode node, string words, Func<Task> heal)
    {
        await node.WhenReadyAsync(false);
        await ClusterNode.WaitAsync(() => _logs.Lines.Any(line => line.StartsWith("Warning: cluster: Redis", StringComparison.Ordinal) && line.Contains(words, StringComparison.Ordinal)), words);
        TestHold hold = await node.HoldAsync("c");
        node.Publish("c", "1");
        Assert.Equal(["1"], hold.Ids); // At once: whatever Redis does.
        await heal();
        await node.WhenReadyAsync(true);
        node.Publish("c", "2");
        Assert.Equal(["1", "2"], await hold.HasAsync(2));
    }
}
