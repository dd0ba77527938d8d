using GripProxy.Channels.Delivery;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Testing;

namespace GripProxy.Channels.Tests.Tracing;

public sealed class FollowedPieceTests : IDisposable
{
    private readonly ChannelsFixture _channels = new(new ChannelsOptions { TraceItems = 3 });
    private readonly RecordingOutbound _hold = new();

    public void Dispose() => _channels.Dispose();

    [Fact]
    public void Wrap_ItemThatNobodyFollows_ChangesNothing() => Assert.Null(FollowedPiece.Wrap(trail: null, _hold, "x"u8.ToArray(), late: null));

    [Fact]
    public void Wrap_ItemThatOnlyAReceiptFollows_ChangesNothing()
    {
        using var channels = new ChannelsFixture(new ChannelsOptions());
        channels.Table.Join(_hold, "c", SubscriptionMode.Stream, prevId: null);
        channels.Pipeline.PublishWithReceipts([ChannelsFixture.StreamItem("1")]);
        Assert.Null(FollowedPiece.Wrap(TrailOfLast(), _hold, "x"u8.ToArray(), late: null));
    }

    [Fact]
    public void Enqueue_PushedOut_IsDroppedBecauseTheQueueIsFull()
    {
        var rule = new ChannelRule("*", OverflowPolicy.DropOldest, QueueBytes: 1);
        var queue = new OutboundQueue();
        queue.Enqueue("x"u8.ToArray(), rule, Follow("1"));
        queue.Enqueue("y"u8.ToArray(), rule, Follow("2"));
        Assert.Equal("dropped c1 queue-full", LastStep("1"));
        Assert.Equal("queued c1", LastStep("2"));
    }

    [Fact]
    public void Clear_WhatWaits_IsDroppedBecauseTheConnectionEnds()
    {
        var queue = new OutboundQueue();
        queue.Enqueue("x"u8.ToArray(), ChannelRule.Default, Follow("1"));
        queue.Clear();
        Assert.Equal("dropped c1 connection-closed", LastStep("1"));
    }

    [Fact]
    public async Task NoteWritten_AfterItWasMade_SaysHowLongItTook()
    {
        var piece = Assert.IsType<FollowedPiece>(Follow("1"));
        Assert.Equal("x"u8.ToArray(), (await piece.MakeAsync()).ToArray());
        _channels.Time.Advance(TimeSpan.FromSeconds(0.25));
        piece.NoteWritten();
        Assert.Equal("written c1 0.25", LastStep("1"));
    }

    [Fact]
    public async Task NoteWritten_FiltersLeftNothing_SaysNothing()
    {
        _channels.Table.Join(_hold, "c", SubscriptionMode.Stream, prevId: null);
        _channels.Publish("1");
        var piece = Assert.IsType<FollowedPiece>(FollowedPiece.Wrap(TrailOfLast(), _hold, "x"u8.ToArray(), new NothingLeft()));
        await piece.MakeAsync();
        piece.NoteWritten();
        Assert.Equal("queued c1", LastStep("1"));
    }

    private LatePiece? Follow(string id)
    {
        if (_hold.Items.Count == 0)
            _channels.Table.Join(_hold, "c", SubscriptionMode.Stream, prevId: null);
        _channels.Publish(id);
        return FollowedPiece.Wrap(TrailOfLast(), _hold, "x"u8.ToArray(), late: null);
    }

    private ItemTrail? TrailOfLast() => FollowedItem.TrailOf(_hold.Items[^1]);

    private string LastStep(string id) => TraceText.Of(Assert.Single(_channels.Traces.Find("c", id)).Steps[^1]);

    private sealed class NothingLeft : LatePiece
    {
        public override bool MayWait => false;

        public override ValueTask<ReadOnlyMemory<byte>> MakeAsync() => default;
    }
}
