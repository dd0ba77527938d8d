using GripProxy.Channels;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Redis.Tests.Support;
using GripProxy.Testing;

namespace GripProxy.Redis.Tests;

public sealed class RedisBackplaneTests : BackplaneContract, IAsyncLifetime
{
    private RedisServer _redis = null!; // by InitializeAsync
    private ClusterNode _a = null!; // by InitializeAsync
    private ClusterNode _b = null!; // by InitializeAsync
    private ClusterNode _c = null!; // by InitializeAsync

    private ClusterNode[] Nodes => [_a, _b, _c];

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _a = await StartAsync("a");
        _b = await StartAsync("b");
        _c = await StartAsync("c");
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _c.DisposeAsync();
        await _redis.DisposeAsync();
    }

    protected override PublishPipeline PipelineOf(int node) => Nodes[node].Pipeline;

    protected override TestHold HoldOf(int node) => new(Nodes[node].Table, Nodes[node].Backplane);

    [Fact]
    public async Task Publish_WhatNobodyElseHolds_StaysOffRedis()
    {
        TestHold hold = await _a.HoldAsync("alone");
        TestHold fence = await _b.HoldAsync("fence");
        _a.Publish("nobody", "0"); // The first time the node asks.
        _a.Publish("fence", "0");
        await fence.HasAsync(1);
        long before = await _redis.CountCallsAsync("xadd");
        for (int i = 0; i < 1000; i++)
        {
            _a.Publish("alone", $"{i}");
            _a.Publish("nobody", $"{i}");
        }

        Assert.Equal(1000, hold.Ids.Length); // At once, not later.
        _a.Publish("fence", "1");
        await fence.HasAsync(2);
        Assert.Equal(before + 1, await _redis.CountCallsAsync("xadd"));
        Assert.Equal("0", (await _redis.AskAsync("--raw", "EXISTS", "nothing")).Trim());
    }

    [Fact]
    public async Task Leave_OfTheOtherHolder_TakesTheChannelOffRedisAgain()
    {
        TestHold first = await _a.HoldAsync("news");
        TestHold second = await _b.HoldAsync("news");
        _a.Publish("news", "1");
        await second.HasAsync(1);
        await first.HasAsync(1);
        second.Leave();
        await _a.WhenSoloAsync("news");
        _a.Publish("news", "2");
        Assert.Equal(["1", "2"], first.Ids);
    }

    [Fact]
    public async Task Join_AfterTheOnlyHolderDelivered_LearnsWhatWasLast()
    {
        await _a.HoldAsync("news");
        _a.Publish("news", "7");
        TestHold late = await _b.HoldAsync("news");
        Assert.True(late.Place!.IsBehind(late, static _ => "6"));
        TestHold other = await _c.HoldAsync("news");
        Assert.False(other.Place!.IsBehind(other, static _ => "7"));
    }

    [Fact]
    public async Task Publish_WithReceipt_CountsTheHoldsOfAllNodes()
    {
        await Task.WhenAll(_a.HoldAsync("news"), _b.HoldAsync("news"), _b.HoldAsync("news"));
        ItemReceipt[] receipts =
        [
            .. await _a.Pipeline.PublishWithReceiptsAsync([ClusterNode.Item("news", "1"), ClusterNode.Item("nobody", "1")], TimeSpan.FromSeconds(20)),
            .. await _c.Pipeline.PublishWithReceiptsAsync([ClusterNode.Item("news", "2"), ClusterNode.Item("news", "1")], TimeSpan.FromSeconds(20)),
        ];
        Assert.Equal([3, 0, 3, 0], receipts.Select(receipt => receipt.Matched));
        Assert.Equal([3, 0, 3, 0], receipts.Select(receipt => receipt.Queued));
        Assert.Equal([1, 0, 0, 0], receipts.Select(receipt => receipt.MatchedHere));
        Assert.Equal([("b", 2)], receipts[0].OtherNodes.Select(node => (node.Key, node.Value)));
        Assert.Equal([("a", 1), ("b", 2)], receipts[2].OtherNodes.Select(node => (node.Key, node.Value)));
        Assert.Equal(PublishOutcome.Duplicate, receipts[3].Outcome);
        Assert.All(receipts, receipt => Assert.Empty(receipt.Missing));
    }

    [Fact]
    public async Task Publish_WithReceiptFromANodeThatHangs_SaysWhoIsMissing()
    {
        await Task.WhenAll(_a.HoldAsync("news"), _b.HoldAsync("news"), _c.HoldAsync("news"));
        _b.Backplane.LinkOf("news").IsHeldUp = true;
        ItemReceipt receipt = Assert.Single(await _a.Pipeline.PublishWithReceiptsAsync([ClusterNode.Item("news", "1")], TimeSpan.FromSeconds(2)));
        Assert.Equal(["b"], receipt.Missing);
        Assert.Equal(2, receipt.Matched);
    }

    [Fact]
    public async Task Publish_PredecessorNeverComes_IsDeliveredAfterTheWait()
    {
        await using ClusterNode quick = await ClusterNode.StartAsync(
            new ClusterOptions { Redis = _redis.Address }, "q", new ChannelsOptions { MessageWait = TimeSpan.FromSeconds(1) });
        TestHold hold = await _b.HoldAsync("news");
        await _c.HoldAsync("news"); // Not alone any more: the order is decided in Redis.
        _a.Publish("news", "1");
        await hold.HasAsync(1);
        ItemReceipt receipt = Assert.Single(await quick.Pipeline.PublishWithReceiptsAsync([ClusterNode.Item("news", "3", "2")], TimeSpan.FromSeconds(20)));
        Assert.Equal((PublishOutcome.Waiting, "2"), (receipt.Outcome, receipt.WaitsFor));
        Assert.Equal(["1", "3"], await hold.HasAsync(2));
    }

    private Task<ClusterNode> StartAsync(string name) => ClusterNode.StartAsync(new ClusterOptions { Redis = _redis.Address }, name);
}
