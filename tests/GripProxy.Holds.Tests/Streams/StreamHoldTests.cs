using System.IO.Pipelines;
using GripProxy.Channels;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Tests.Streams;

public sealed class StreamHoldTests : IDisposable
{
    private readonly HoldsFixture _holds = new();
    private readonly Pipe _client = new();
    private readonly CancellationTokenSource _gone = new();

    public void Dispose()
    {
        _holds.Dispose();
        _gone.Dispose();
    }

    [Fact]
    public async Task Publish_SeveralItems_FollowTheInitialBodyByteForByte()
    {
        _ = Hold();
        foreach (var content in new[] { "A", "", "B" })
            _holds.PublishStream(content);
        Assert.Equal("lateAB", await HoldsFixture.ReadUntilAsync(_client.Reader, "B"));
    }

    [Fact]
    public async Task Prefetch_OfAHold_AsksItsOutputOnceThatIsThere()
    {
        var output = new PrefetchedWriter(_client.Writer);
        _ = _holds.Keeper.HoldStreamAsync(HoldsFixture.Request(HoldMode.Stream), output, CancellationToken.None);
        await HoldsFixture.ReadUntilAsync(_client.Reader, "late");
        var hold = Assert.Single(_holds.Table.Holders("c"));
        hold.Prefetch(0);
        Assert.Empty(output.Depths);
        hold.Prefetch(1);
        Assert.Equal([0], output.Depths);
    }

    [Fact]
    public async Task Publish_Close_EndsAfterWhatWasQueued()
    {
        var held = Hold();
        _holds.PublishStream("last");
        _holds.PublishStream("ignored", action: ItemAction.Close);
        _holds.PublishStream("too late");
        Assert.Equal(CloseReason.Published, await held);
        await _client.Writer.CompleteAsync();
        Assert.Equal("latelast", await HoldsFixture.ReadUntilAsync(_client.Reader, "never"));
        Assert.Equal(0, _holds.Table.CountSubscribers("c"));
    }

    [Fact]
    public async Task ClientGone_EndsAndLeavesItsChannels()
    {
        var held = Hold();
        await _gone.CancelAsync();
        Assert.Equal(CloseReason.Client, await held);
        Assert.Equal(0, _holds.Table.CountSubscribers("c"));
    }

    [Fact]
    public async Task ClientStopsReading_QueueFull_EndsByOverflowAndOthersGoOn()
    {
        using var holds = new HoldsFixture(new ChannelsOptions { UpdateOnFirstSubscription = false, Rules = [new ChannelRule("*", OverflowPolicy.Close, 1000)] });
        var slow = new Pipe(new PipeOptions(pauseWriterThreshold: 10, resumeWriterThreshold: 5));
        var slowHeld = holds.Keeper.HoldStreamAsync(HoldsFixture.Request(HoldMode.Stream), slow.Writer, CancellationToken.None);
        _ = holds.Keeper.HoldStreamAsync(HoldsFixture.Request(HoldMode.Stream), _client.Writer, CancellationToken.None);
        for (var i = 0; i < 20; i++)
        {
            holds.PublishStream(new string('x', 100) + i);
            await HoldsFixture.ReadUntilAsync(_client.Reader, $"x{i}");
        }

        Assert.Equal(CloseReason.Overflow, await slowHeld);
        Assert.Equal(1, holds.Table.CountSubscribers("c"));
    }

    [Theory]
    [InlineData(OverflowPolicy.DropNewest, "late0")]
    [InlineData(OverflowPolicy.DropOldest, "late4")]
    public async Task ClientStopsReading_DropPolicy_StaysHeld(OverflowPolicy policy, string expected)
    {
        using var holds = new HoldsFixture(new ChannelsOptions { UpdateOnFirstSubscription = false, Rules = [new ChannelRule("*", policy, 1)] });
        var slow = new Pipe(new PipeOptions(pauseWriterThreshold: 4, resumeWriterThreshold: 3));
        var held = holds.Keeper.HoldStreamAsync(HoldsFixture.Request(HoldMode.Stream), slow.Writer, CancellationToken.None);
        for (var i = 0; i < 5; i++)
            holds.PublishStream($"{i}");
        Assert.Equal(expected, await HoldsFixture.ReadUntilAsync(slow.Reader, expected));
        Assert.False(held.IsCompleted);
    }

    [Fact]
    public async Task KeepAlive_Idle_WaitsForQuietAndRepeats()
    {
        _ = Hold(HoldsFixture.WithKeepAlive(HoldsFixture.Request(HoldMode.Stream), 20, KeepAliveMode.Idle));
        for (var i = 0; i < 6; i++)
        {
            _holds.Time.Advance(TimeSpan.FromSeconds(10));
            _holds.PublishStream("m");
        }

        _holds.Time.Advance(TimeSpan.FromSeconds(41));
        _holds.PublishStream(".");
        Assert.Equal("latemmmmmmKK.", await HoldsFixture.ReadUntilAsync(_client.Reader, "."));
    }

    [Fact]
    public async Task KeepAlive_Interval_ComesRegardlessOfItems()
    {
        _ = Hold(HoldsFixture.WithKeepAlive(HoldsFixture.Request(HoldMode.Stream), 20, KeepAliveMode.Interval));
        for (var i = 0; i < 6; i++)
        {
            _holds.Time.Advance(TimeSpan.FromSeconds(10.1));
            _holds.PublishStream("m");
        }

        _holds.PublishStream(".");
        var text = await HoldsFixture.ReadUntilAsync(_client.Reader, ".");
        Assert.Equal((6, 3), (text.Count(c => c == 'm'), text.Count(c => c == 'K')));
    }

    [Fact]
    public async Task NoByteForTheIdleTimeout_EndsByTimeout()
    {
        var held = Hold();
        await HoldsFixture.ReadUntilAsync(_client.Reader, "late");
        _holds.Time.Advance(TimeSpan.FromMinutes(20));
        _holds.PublishStream("m");
        _holds.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.False(held.IsCompleted);
        _holds.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(CloseReason.Timeout, await held);
    }

    [Fact]
    public async Task KeepAlive_KeepsAQuietStream()
    {
        var held = Hold(HoldsFixture.WithKeepAlive(HoldsFixture.Request(HoldMode.Stream), 600, KeepAliveMode.Idle));
        await HoldsFixture.ReadUntilAsync(_client.Reader, "late");
        _holds.Time.Advance(TimeSpan.FromMinutes(65));
        Assert.False(held.IsCompleted);
    }

    [Fact]
    public async Task PrevIdWithoutNextLink_EndsAfterTheInitialBody()
    {
        Assert.Equal(CloseReason.Origin, await Hold(HoldsFixture.Request(HoldMode.Stream, HoldsFixture.Channel("c", "1"))));
        await _client.Writer.CompleteAsync();
        Assert.Equal("late", await HoldsFixture.ReadUntilAsync(_client.Reader, "never"));
    }

    [Fact]
    public async Task PrevIdWithoutNextLink_Debug_SaysWhy()
    {
        await Hold(HoldsFixture.Request(HoldMode.Stream, HoldsFixture.Channel("c", "1")) with { Debug = true });
        await _client.Writer.CompleteAsync();
        Assert.Equal(
            "late\n\nchannel 'c' specifies prev-id, but no next link found\n", await HoldsFixture.ReadUntilAsync(_client.Reader, "never"));
    }

    [Fact]
    public async Task ChannelNamedTwice_DeliversOnce()
    {
        _ = Hold(HoldsFixture.Request(HoldMode.Stream, HoldsFixture.Channel("c"), HoldsFixture.Channel("c")));
        _holds.PublishStream("x");
        _holds.PublishStream(".");
        Assert.Equal("latex.", await HoldsFixture.ReadUntilAsync(_client.Reader, "."));
    }

    [Fact]
    public async Task ReaderGone_EndsAsClient()
    {
        var held = Hold();
        await _client.Reader.CompleteAsync();
        _holds.PublishStream("x");
        Assert.Equal(CloseReason.Client, await held);
    }

    [Fact]
    public async Task EndAll_EndsWithThatReason()
    {
        var held = Hold();
        _holds.Keeper.EndAll(CloseReason.Drain);
        Assert.Equal(CloseReason.Drain, await held);
    }

    private Task<CloseReason> Hold(HoldRequest? request = null) =>
        _holds.Keeper.HoldStreamAsync(request ?? HoldsFixture.Request(HoldMode.Stream), _client.Writer, _gone.Token);
}
