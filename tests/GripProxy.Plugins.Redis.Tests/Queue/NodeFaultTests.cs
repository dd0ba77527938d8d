using System.Text;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Redis.Leases;
using GripProxy.Plugins.Redis.Queue;
using GripProxy.Plugins.State;
using GripProxy.Testing;

namespace GripProxy.Plugins.Redis.Tests.Queue;

/// <summary>Nothing that waits is lost or stuck where an answer is lost, a lease ends, or something fails on the way (plugins.md §8.1, §12.4).</summary>
public sealed class NodeFaultTests : IAsyncLifetime
{
    private TestCluster? _cluster;

    private TestCluster Cluster => _cluster!; // Started before each test.

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync();

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    [Fact]
    public async Task PLG44_Events_WhoseReadingGotNoAnswer_AreReadAgain_BeforeLaterOnes()
    {
        await using RedisWorkStore store = Cluster.Open(settings: ",asyncTimeout=300");
        await store.Partitions.BalanceAsync();
        await store.EnqueueAsync([Event("k", 0)]);
        IReadOnlyList<QueuedEvent> first = await store.ReadAsync(1, 0, 1000);
        await store.EnqueueAsync([Event("k", 1), Event("k", 2)]);

        // Redis does it, but nobody waits for the answer any more.
        await Cluster.Redis.AskAsync("CLIENT", "PAUSE", "60000", "WRITE");
        await Assert.ThrowsAsync<StateUnavailableException>(async () => await store.ReadAsync(1, first[^1].Sequence, 1000));
        await Cluster.Redis.AskAsync("CLIENT", "UNPAUSE");
        await store.EnqueueAsync([Event("k", 3)]);

        Assert.Equal([1, 2, 3], (await store.ReadAsync(1, first[^1].Sequence, 1000)).Select(Number));
        Assert.Empty(await store.ReadAsync(1, long.MaxValue, 1000));
    }

    [Fact]
    public async Task PLG44_Events_OfALeaseThatEnded_DoNotEndUnderTheNextOfTheSameNode()
    {
        ManualTime time = new();
        await using RedisWorkStore store = Cluster.Open(time: time);
        await store.Partitions.BalanceAsync();
        await store.EnqueueAsync([Event("k", 0)]);
        IReadOnlyList<QueuedEvent> before = await store.ReadAsync(1, 0, 1000);
        foreach (int partition in Enumerable.Range(0, PartitionKeeper.Count))
        {
            await Cluster.Redis.AskAsync("DEL", $"test:{{leases}}:l:p{partition}");
        }

        time.Advance(RedisLeaseStore.Patience);
        await store.Partitions.BalanceAsync();
        Assert.Equal(PartitionKeeper.Count, store.Partitions.Mine.Count);

        // Another node may have had the partition meanwhile.
        Assert.False(store.MayBegin(before[0]));
        Assert.False(store.MayEnd(before[0]));
        Assert.True(await store.RemoveAsync(1, before, [Work()]));
        IReadOnlyList<QueuedEvent> again = await store.ReadAsync(1, before[^1].Sequence, 1000);
        Assert.Equal([0], again.Select(Number));
        Assert.True(store.MayEnd(again[0]));
        await store.LookAsync(1);
        Assert.Equal((1, 0), (store.Usage(1).Events, store.Post.Count(1)));
    }

    [Fact]
    public async Task PLG44_Partition_GoesToTheNextNode_AlsoWhenLettingGoFails()
    {
        await using RedisWorkStore a = Cluster.Open("a");
        await a.Partitions.BalanceAsync();
        a.LetGo = () => throw new ObjectDisposedException("a lane");
        await using RedisWorkStore b = Cluster.Open("b");

        b.Start();
        await TestCluster.UntilAsync(() => b.IsSubscribed, "b is there");
        a.Start();

        await TestCluster.UntilAsync(() => b.Partitions.Mine.Count == 8, "b has its share");
    }

    [Fact]
    public async Task PLG44_Node_ThatCannotBeWoken_GoesOnLooking_AndLeavesInOrder()
    {
        await using RedisWorkStore a = Cluster.Open("a");
        int woken = 0;
        a.Woken = _ =>
        {
            Interlocked.Increment(ref woken);
            throw new InvalidOperationException("nobody is there");
        };
        await a.EnqueueAsync([Event("k", 0)]);
        a.Start();

        await TestCluster.UntilAsync(() => Volatile.Read(ref woken) > 2, "it looks again and again");
    }

    [Fact]
    public async Task PLG44_Readers_LeaveNoNameInRedis()
    {
        RedisWorkStore a = Cluster.Open("a");
        await a.Partitions.BalanceAsync();
        await a.EnqueueAsync([Event("k", 0)]);
        await a.ReadAsync(1, 0, 1000);
        await a.DisposeAsync();
        await using RedisWorkStore b = Cluster.Open("b");
        await b.Partitions.BalanceAsync();
        Assert.Equal([0], (await b.ReadAsync(1, 0, 1000)).Select(Number));

        string consumers = await Cluster.Redis.AskAsync("XINFO", "CONSUMERS", $"test:{{t1}}:ev:{PartitionKeeper.PartitionOf("k")}", "cells");
        Assert.Single(consumers.Split('\n'), line => line == "name");
    }

    [Fact]
    public async Task PLG44_Store_WorksOnARedisCluster()
    {
        RedisServer[] servers = await RedisServer.StartClusterAsync();
        await using RedisServer two = servers[1];
        await using RedisServer three = servers[2];
        await using TestCluster cluster = new(servers[0]);
        await using RedisWorkStore store = cluster.Open(settings: $",{two.Address},{three.Address}");
        await store.Partitions.BalanceAsync();
        Assert.Equal(PartitionKeeper.Count, store.Partitions.Mine.Count);

        // The keys of several tenants lie on several servers.
        for (int tenant = 1; tenant <= 6; tenant++)
        {
            Assert.Equal(EnqueueOutcome.Stored, await store.EnqueueAsync([Event("k", 0) with { Tenant = tenant }, Event("l", 1) with { Tenant = tenant }]));
            IReadOnlyList<QueuedEvent> read = await store.ReadAsync(tenant, 0, 100);
            Assert.Equal([0, 1], read.Select(Number).Order());
            Assert.True(await store.RemoveAsync(tenant, [read[0]], [Work() with { Tenant = tenant }]));
            Assert.True(await store.BuryAsync(read[1], new DeadLetterReason("chain", 1, "boom")));
            Assert.Single(await store.Post.ReadDueAsync(new PostLineOf(tenant, 7, PostLine.Jobs), DateTimeOffset.MaxValue, [], 10));
            Assert.Equal(1, await store.DeadLetters.ReplayAsync(tenant, DeadLetterFilter.All, fromStart: true, perSecond: 0));
            await store.LookAsync(tenant);
            Assert.Equal((2, 1), (store.Usage(tenant).Events, store.Post.Count(tenant)));
        }
    }

    private static PostWork Work() => new()
    {
        Tenant = 1,
        Install = 7,
        Line = PostLine.Jobs,
        Method = "jobs.clean",
        Created = DateTimeOffset.UnixEpoch,
        Due = DateTimeOffset.UnixEpoch,
        Body = "1"u8.ToArray(),
    };

    private static QueuedEvent Event(string key, int number) =>
        new() { Tenant = 1, Key = key, Received = DateTimeOffset.UnixEpoch, Body = Encoding.UTF8.GetBytes($"{number}") };

    private static int Number(QueuedEvent one) => int.Parse(Encoding.UTF8.GetString(one.Body.Span), System.Globalization.CultureInfo.InvariantCulture);
}
