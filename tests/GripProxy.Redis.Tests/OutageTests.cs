using GripProxy.Channels;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;
using GripProxy.Redis.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Redis.Tests;

/// <summary>What becomes of items and holds while Redis is away, and after it (LOG-11).</summary>
public sealed class OutageTests : IAsyncLifetime
{
    internal static ChannelsOptions Channels { get; } = new()
    {
        IdCacheTtl = TimeSpan.FromSeconds(60),
        Rules = [new ChannelRule("log*", OverflowPolicy.Close, 262_144) { LogItems = 1000 }],
    };

    private RedisServer _redis = null!; // by InitializeAsync
    private ClusterNode _a = null!; // by InitializeAsync
    private ClusterNode _b = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartDurableAsync();
        _a = await StartAsync("a");
        _b = await StartAsync("b");
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Restart_Published_MeanwhileReachesLocalHoldsAtOnceAndAllOfThemOnce()
    {
        TestHold here = await _a.HoldAsync("log");
        TestHold placed = await _a.HoldAsync("log", carriesPosition: true);
        TestHold there = await _b.HoldAsync("log");
        _a.Publish("log", "1");
        await Task.WhenAll(here.HasAsync(1), placed.HasAsync(1), there.HasAsync(1));

        await _redis.KillAsync();
        await _a.WhenReadyAsync(false);
        _a.Publish("log", "2", "1");
        Assert.Equal(["1", "2"], await here.HasAsync(2));
        Assert.Equal(["1"], placed.Ids);
        await _redis.StartAgainAsync();

        Assert.Equal(["1", "2"], await there.HasAsync(2));
        Assert.Equal(["1", "2"], await placed.HasAsync(2));
        _b.Publish("log", "3", "2");
        Assert.Equal(["1", "2", "3"], await here.HasAsync(3));
        Assert.Equal(["1", "2", "3"], await placed.HasAsync(3));
        Assert.Equal(["1", "2", "3"], await there.HasAsync(3));
        Assert.All(placed.Items, item => Assert.NotNull(item.Position));
        Assert.Equal(0, here.Updates + there.Updates + placed.Updates);
    }

    [Fact]
    public async Task Pause_ItemsInFlight_ComeOnceWhenItGoesOn()
    {
        TestHold here = await _a.HoldAsync("news");
        TestHold there = await _b.HoldAsync("news");
        for (int round = 0; round < 3; round++)
        {
            _redis.Pause();
            int first = round * 50;
            for (int i = first; i < first + 50; i++)
            {
                _a.Publish("news", $"{i}");
            }

            await here.HasAsync(first + 50); // Ahead, as soon as Redis is taken for away.
            _redis.Resume();
            await there.HasAsync(first + 50);
        }

        string[] expected = [.. Enumerable.Range(0, 150).Select(i => $"{i}")];
        await _a.WhenReadyAsync(true);
        Assert.Equal(expected, here.Ids);
        Assert.Equal(expected, there.Ids);
    }

    [Fact]
    public async Task DataLost_ItemThatWaitedForItsPredecessor_IsNotWaitedForAnyMore()
    {
        // Two that hold it, so that Redis knows the order.
        await using ClusterNode c = await StartAsync("c");
        TestHold third = await c.HoldAsync("news");
        TestHold there = await _b.HoldAsync("news");
        _a.Publish("news", "1");
        await Task.WhenAll(there.HasAsync(1), third.HasAsync(1));
        _a.Publish("news", "3", "2");
        _a.Publish("news", "2b", "1");
        await there.HasAsync(2); // So the one before waits in Redis.
        await _redis.AskAsync("FLUSHALL");
        await Task.WhenAll(there.UpdatedAsync(), third.UpdatedAsync());
        there.Leave();
        third.Leave();
        await _a.HoldAsync("news");
        await _a.WhenSoloAsync("news");
    }

    [Fact]
    public async Task Ready_WhoIsToldFails_TheNodeGoesOn()
    {
        _a.Backplane.ReadyChanged = static _ => throw new InvalidOperationException("a mistake");
        await _redis.KillAsync();
        await Task.WhenAll(_a.WhenReadyAsync(false), _b.WhenReadyAsync(false));
        await _redis.StartAgainAsync();
        await Task.WhenAll(_a.WhenReadyAsync(true), _b.WhenReadyAsync(true)); // Else the other is told to ask its origin instead.
        TestHold there = await _b.HoldAsync("news");
        _a.Publish("news", "1");
        await there.HasAsync(1);
    }

    [Fact]
    public async Task Disposed_HoldsThatEndLater_Can()
    {
        ClusterNode node = await StartAsync("c");
        TestHold hold = await node.HoldAsync("news");
        (RedisBackplane backplane, SubscriptionTable table) = (node.Backplane, node.Table);
        await node.DisposeAsync();
        table.Leave(hold.Place!); // It has joined.
        backplane.LinkOf("news").Wake();
    }

    [Fact]
    public async Task Restart_Position_StaysGoodInTheNewEpoch()
    {
        TestHold hold = await _a.HoldAsync("log");
        _a.Publish("log", "1");
        _a.Publish("log", "2");
        await hold.HasAsync(2);
        Position first = hold.Items[0].Position!.Value;
        await _redis.KillAsync();
        // What is published before the node has noticed goes out without a position.
        await _a.WhenReadyAsync(false);
        await _redis.StartAgainAsync();
        await _a.WhenReadyAsync(true);
        _a.Publish("log", "3");
        await hold.HasAsync(3);

        Assert.NotEqual(first.Epoch, hold.Items[2].Position!.Value.Epoch);
        var page = await _b.WhenReadAsync("log", first);
        Assert.Equal(["2", "3"], page.Items.Select(item => item.Id));
        var beyond = await _b.Log.ReadAsync("log", new Position(first.Epoch, 3), 10, 1000);
        Assert.Equal(ResumeOutcome.Epoch, beyond.Outcome);
    }

    [Fact]
    public async Task Restart_DataIsGone_HoldsAskTheirOriginsAndPositionsEnd()
    {
        TestHold here = await _a.HoldAsync("log");
        TestHold there = await _b.HoldAsync("news");
        TestHold shared = await _a.HoldAsync("news");
        _a.Publish("log", "1");
        await here.HasAsync(1);
        await _redis.AskAsync("FLUSHALL");

        await Task.WhenAll(here.UpdatedAsync(), there.UpdatedAsync(), shared.UpdatedAsync());
        var page = await _a.WhenReadAsync("log", here.Items[0].Position!.Value);
        Assert.Equal(ResumeOutcome.Epoch, page.Outcome);
        _b.Publish("log", "2");
        Assert.Equal(["1", "2"], await here.HasAsync(2));
        _a.Publish("news", "1");
        Assert.Equal(["1"], await there.HasAsync(1));
    }

    [Fact]
    public async Task Relay_Full_DropsTheOldestAndRecoversAllHolders()
    {
        await using ClusterNode small = await ClusterNode.StartAsync(new ClusterOptions { Redis = _redis.Address, RelayBytes = 3000 }, "s", Channels);
        TestHold there = await _b.HoldAsync("log");
        await small.HoldAsync("log");
        small.Publish("log", "1");
        await there.HasAsync(1);
        var before = there.Items[0].Position!.Value;
        await _redis.KillAsync();
        await small.WhenReadyAsync(false);
        for (int i = 2; i <= 40; i++)
        {
            small.Publish("log", $"{i}");
        }

        await _redis.StartAgainAsync();
        await there.UpdatedAsync();
        await there.HasAllAsync(["40"]);
        Assert.True(there.Ids.Length < 20);
        Assert.Equal(ResumeOutcome.Epoch, (await _b.WhenReadAsync("log", before)).Outcome);
    }

    [Fact]
    public async Task Join_WhileAway_BeginsAtOnceAndIsRecoveredLater()
    {
        await _redis.KillAsync();
        await _a.WhenReadyAsync(false);
        TestHold hold = await _a.HoldAsync("news");
        _a.Publish("news", "1");
        Assert.Equal(["1"], hold.Ids);
        await _redis.StartAgainAsync();
        await hold.UpdatedAsync();
    }

    [Fact]
    public async Task Join_TheOnlyHolderHangs_BeginsWhenItsLeaseIsOver()
    {
        TestHold here = await _a.HoldAsync("news");
        _a.Backplane.LinkOf("news").IsHeldUp = true;
        TestHold there = await _b.HoldAsync("news"); // Takes as long as the lease.
        Assert.False(_a.Backplane.LinkOf("news").IsSolo("news"));
        _a.Publish("news", "1");
        _a.Backplane.LinkOf("news").IsHeldUp = false;
        Assert.Equal(["1"], await there.HasAsync(1));
        Assert.Equal(["1"], await here.HasAsync(1));
    }

    private Task<ClusterNode> StartAsync(string name) => ClusterNode.StartAsync(new ClusterOptions { Redis = _redis.Address }, name, Channels);
}
