using GripProxy.Channels.Delivery;

namespace GripProxy.Channels.Tests.Delivery;

public sealed class OutboundQueueTests
{
    private static readonly ChannelRule Close = new("*", OverflowPolicy.Close, 10);
    private readonly OutboundQueue _queue = new();

    [Fact]
    public void Enqueue_WhileTheJoinWrites_Waits() => Assert.Equal(EnqueueResult.Waiting, Add("a"));

    [Fact]
    public void Enqueue_NobodyWrites_CallerStartsOneWriterOnly()
    {
        TakeAll();
        Assert.Equal(EnqueueResult.StartWriter, Add("a"));
        Assert.Equal(EnqueueResult.Waiting, Add("b"));
        Assert.Equal(["a", "b"], TakeAll());
        Assert.Equal(EnqueueResult.StartWriter, Add("c"));
    }

    [Fact]
    public void Enqueue_NothingWaits_PieceOfAnySizeIsTaken()
    {
        Assert.Equal(EnqueueResult.Waiting, Add(new string('x', 50)));
        Assert.Equal(EnqueueResult.Overflow, Add("y"));
    }

    [Fact]
    public void Enqueue_FullWithDropNewest_DropsTheNewOne()
    {
        var rule = Close with { Overflow = OverflowPolicy.DropNewest };
        Add("123456", rule);
        Assert.Equal(EnqueueResult.Dropped, Add("78901", rule));
        Assert.Equal(["123456"], TakeAll());
    }

    [Fact]
    public void Enqueue_FullWithDropOldest_MakesRoom()
    {
        var rule = Close with { Overflow = OverflowPolicy.DropOldest };
        foreach (var piece in new[] { "1234", "5678", "90" })
            Add(piece, rule);
        Assert.Equal(EnqueueResult.Waiting, Add("abc", rule));
        Assert.Equal(["5678", "90", "abc"], TakeAll());
    }

    [Fact]
    public void Enqueue_FullWithDropOldest_CountsWhatItPushedOut()
    {
        var rule = Close with { Overflow = OverflowPolicy.DropOldest };
        foreach (var piece in new[] { "1234", "5678", "90", "12345678" })
            Add(piece, rule);
        Assert.Equal((2, 0), (_queue.TakePushedOut(), _queue.TakePushedOut()));
    }

    [Fact]
    public void TryTakeAlong_TakesWhatIsReadyAndFits_AndTheCallerStaysTheWriter()
    {
        foreach (var piece in new[] { "a", "b", "long", "c" })
            Add(piece);
        Assert.True(_queue.TryTake(out _));
        Assert.True(_queue.TryTakeAlong(1, out var along));
        Assert.Equal("b"u8, along.Bytes.Span);
        Assert.False(_queue.TryTakeAlong(3, out _));
        Assert.Equal(["long", "c"], TakeAll());
        TakeAll();
        Add("d");
        Assert.True(_queue.TryTake(out _));
        Assert.False(_queue.TryTakeAlong(100, out _));
        Assert.False(_queue.TryClaimWriter());
    }

    [Fact]
    public void TryTakeAlong_LatePiece_StaysForItsTurn()
    {
        _queue.Enqueue("a"u8.ToArray(), Close, new NothingLate());
        Assert.False(_queue.TryTakeAlong(100, out _));
        Assert.True(_queue.TryTake(out var piece));
        Assert.NotNull(piece.Late);
    }

    [Fact]
    public void Enqueue_MayNotPushOut_DropsTheNewOne()
    {
        var rule = Close with { Overflow = OverflowPolicy.DropOldest };
        Add("123456", rule);
        Assert.Equal(EnqueueResult.Dropped, _queue.Enqueue("78901"u8.ToArray(), rule, mayPushOut: false));
        Assert.Equal(["123456"], TakeAll());
    }

    [Fact]
    public void Enqueue_EmptyPieces_AreBoundedToo()
    {
        for (var i = 0; i < 10; i++)
            Assert.Equal(EnqueueResult.Waiting, Add(""));
        Assert.Equal(EnqueueResult.Overflow, Add(""));
        Assert.Equal(10, TakeAll().Count);
        Assert.Equal(0, _queue.Bytes);
    }

    [Fact]
    public void TryClaimWriter_OnlyWhileNobodyWrites()
    {
        Assert.False(_queue.TryClaimWriter());
        TakeAll();
        Assert.True(_queue.TryClaimWriter());
        Assert.Equal(EnqueueResult.Waiting, Add("a"));
    }

    [Fact]
    public void Bytes_AfterTake_CountsOnlyWhatWaits()
    {
        Add("abc");
        Add("de");
        Assert.Equal(5, _queue.Bytes);
        _queue.TryTake(out _);
        Assert.Equal(2, _queue.Bytes);
    }

    [Fact]
    public void Clear_WhileAWriterIsAtWork_DropsWhatWaitsAndNothingElse()
    {
        Add("a");
        Add("b");
        _queue.TryTake(out _);
        _queue.Clear();
        Assert.Equal(0, _queue.Bytes);
        Assert.Equal(EnqueueResult.Waiting, Add("c"));
        Assert.Equal(["c"], TakeAll());
    }

    private EnqueueResult Add(string piece, ChannelRule? rule = null) => _queue.Enqueue(System.Text.Encoding.ASCII.GetBytes(piece), rule ?? Close);

    private List<string> TakeAll()
    {
        var all = new List<string>();
        while (_queue.TryTake(out var piece))
            all.Add(System.Text.Encoding.ASCII.GetString(piece.Bytes.Span));
        return all;
    }

    private sealed class NothingLate : LatePiece
    {
        public override bool MayWait => false;

        public override ValueTask<ReadOnlyMemory<byte>> MakeAsync() => default;
    }
}
