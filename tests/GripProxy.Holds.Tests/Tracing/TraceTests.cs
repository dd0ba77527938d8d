using System.IO.Pipelines;
using GripProxy.Channels;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Tests.Filters;
using GripProxy.Holds.Tests.Messages;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;
using GripProxy.Testing;

namespace GripProxy.Holds.Tests.Tracing;

/// <summary>What holds tell the trace of an item (CTL-09).</summary>
public sealed class TraceTests : IDisposable
{
    private const string Received = "received http ";

    private readonly HoldsFixture _holds = new(new ChannelsOptions
    {
        UpdateOnFirstSubscription = false,
        TraceItems = 10,
        Rules = [new ChannelRule("oldest", OverflowPolicy.DropOldest, 1), new ChannelRule("newest", OverflowPolicy.DropNewest, 1)],
    });

    private readonly FilterOrigin _origin;

    // The client reads nothing; what is flushed beyond four bytes waits.
    private readonly Pipe _client = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 4, resumeWriterThreshold: 3, useSynchronizationContext: false));

    public TraceTests() => _origin = new FilterOrigin(_holds.Time);

    public void Dispose() => _holds.Dispose();

    [Fact]
    public void Stream_ClientReads_IsWritten()
    {
        _ = HoldStream("", FilteredHold.Channel("c", null));
        _holds.Publish("x", id: "1");
        Assert.Equal([Received + "2", "matched 1", "queued 1", "written 1"], Steps("1"));
    }

    [Fact]
    public async Task SIG01_MessageClient_IsWrittenOrFiltered()
    {
        var client = new TestMessageClient();
        using var connection = _holds.Keeper.HoldMessages(new HoldRequest { ConnectionId = "1", Url = "http://h/hub" }, client);
        await connection.ApplyAsync([System.Text.Encoding.UTF8.GetBytes("""{"type":"subscribe","channel":"c","filters":["skip-self"]}""")], "c", position: null);
        await connection.ApplyAsync([System.Text.Encoding.UTF8.GetBytes("""{"type":"set-meta","name":"user","value":"al"}""")], asked: null, position: null);
        _holds.Publish("x", id: "1");
        _holds.Publish("y", id: "2", meta: ("sender", "al"));
        Assert.Equal(["outcome c null ", "item c 1  stream x"], await client.NextAsync(2));
        Assert.Equal([Received + "2", "matched 1", "queued 1", "written 1"], Steps("1"));
        Assert.Equal([Received + "2", "matched 1", "filtered 1 skip-self"], Steps("2"));
    }

    [Fact]
    public async Task Stream_ClientDoesNotRead_IsWrittenWhenItDoes()
    {
        _ = HoldStream("", FilteredHold.Channel("c", null));
        _holds.Publish("12345", id: "1");
        _holds.Publish("6", id: "2");
        _holds.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([Received + "2", "matched 1", "queued 1"], Steps("2"));
        await HoldsFixture.ReadUntilAsync(_client.Reader, "6");
        Assert.Equal([Received + "2", "matched 1", "queued 1", "written 1 2"], Steps("2"));
    }

    [Fact]
    public void Stream_CheapFilter_IsFilteredAtOnce()
    {
        _ = HoldStream("", FilteredHold.Channel("c", null, "skip-self"));
        _holds.Publish("x", id: "1", meta: ("sender", "al"));
        Assert.Equal([Received + "2", "matched 1", "filtered 1 skip-self"], Steps("1"));
    }

    [Fact]
    public async Task Stream_FilterThatAsksTheOrigin_IsQueuedThenFiltered()
    {
        _ = HoldStream("", FilteredHold.Channel("c", null, "http-check"));
        _holds.Publish("x", id: "1");
        _holds.Publish("y", id: "2");
        await _origin.AnswerAsync(FilterOrigin.Plain(200, action: "drop"));
        await _origin.AnswerAsync(FilterOrigin.Plain(200));
        await HoldsFixture.ReadUntilAsync(_client.Reader, "y");
        Assert.Equal([Received + "2", "matched 1", "queued 1", "filtered 1 http-check"], Steps("1"));
    }

    [Fact]
    public void Stream_FilterFails_IsDropped()
    {
        _ = HoldStream("", FilteredHold.Channel("c", null, "var-subst"));
        _holds.Publish("%(nobody)s", id: "1");
        Assert.Equal([Received + "20", "matched 1", "queued 1", "dropped 1 filter-error"], Steps("1"));
    }

    [Fact]
    public void Stream_OtherContentFilters_IsDropped()
    {
        _ = HoldStream("", FilteredHold.Channel("c", null));
        _holds.Publish("x", id: "1", contentFilters: ["var-subst"]);
        Assert.Equal([Received + "2", "matched 1", "dropped 1 content-filters"], Steps("1"));
    }

    [Theory]
    [InlineData("oldest", "dropped 1 queue-full", "queued 1")]
    [InlineData("newest", "queued 1", "dropped 1 queue-full")]
    public void Stream_QueueIsFull_SaysWhichOneIsLost(string channel, string second, string third)
    {
        _ = HoldStream("", FilteredHold.Channel(channel, null));
        _holds.Publish("being written", channel, id: "1");
        _holds.Publish("2", channel, id: "2");
        _holds.Publish("3", channel, id: "3");
        Assert.Equal((second, third), (Steps("2", channel)[^1], Steps("3", channel)[^1]));
    }

    [Fact]
    public async Task Stream_EndsBeforeItIsWritten_IsDroppedWithTheConnection()
    {
        var held = HoldStream("", FilteredHold.Channel("c", null));
        _holds.Publish("being written", id: "1");
        _holds.Publish("waits", id: "2");
        _holds.Keeper.EndAll(CloseReason.Drain);
        await held;
        Assert.Equal("dropped 1 connection-closed", Steps("2")[^1]);
    }

    [Fact]
    public async Task Stream_HeldBackWhileJoining_IsJudgedWhenItPasses()
    {
        _ = HoldStream("first body", FilteredHold.Channel("c", null, "skip-self"));
        _holds.Publish("own", id: "1", meta: ("sender", "al"));
        _holds.Publish("x", id: "2");
        Assert.Equal([Received + "6", "matched 1", "queued 1"], Steps("1"));
        await HoldsFixture.ReadUntilAsync(_client.Reader, "x");
        Assert.Equal([Received + "6", "matched 1", "queued 1", "filtered 1 skip-self"], Steps("1"));
        Assert.Equal([Received + "2", "matched 1", "queued 1", "written 1"], Steps("2"));
    }

    [Fact]
    public async Task Response_Answered_IsWrittenOnceTheAnswerIs()
    {
        var held = HoldResponse(FilteredHold.Channel("c", null));
        _holds.Publish("x", id: "1");
        var result = await held;
        Assert.Equal([Received + "2", "matched 1", "queued 1"], Steps("1"));
        result.Written!();
        Assert.Equal([Received + "2", "matched 1", "queued 1", "written 1"], Steps("1"));
    }

    [Fact]
    public async Task Response_WithoutTraceAndMetrics_NobodyWantsToKnow()
    {
        _holds.Metrics.Dispose();
        var held = HoldResponse(FilteredHold.Channel("c", null));
        _holds.PublishResponse("x");
        Assert.Null((await held).Written);
    }

    [Fact]
    public async Task Response_FilterThatTakesTime_IsWrittenOrSaysWhyNot()
    {
        var held = HoldResponse(FilteredHold.Channel("c", null, "http-check"));
        _holds.Publish("no", id: "1");
        await _origin.AnswerAsync(FilterOrigin.Plain(200, action: "drop"));
        _holds.Publish("yes", id: "2");
        await _origin.AnswerAsync(FilterOrigin.Plain(200));
        (await held).Written!();
        Assert.Equal([Received + "4", "matched 1", "queued 1", "filtered 1 http-check"], Steps("1"));
        // The origin took a moment.
        Assert.Equal([Received + "6", "matched 1", "queued 1", "written 1 0.02"], Steps("2"));
    }

    [Fact]
    public void Response_EndedAlready_IsDroppedWithTheConnection()
    {
        _ = HoldResponse(FilteredHold.Channel("c", null));
        _holds.Pipeline.Publish([
            new Item { Channel = "c", Id = "1", HttpResponse = new HttpResponseFormat() },
            new Item { Channel = "c", Id = "2", HttpResponse = new HttpResponseFormat() },
        ]);
        Assert.Equal(["received http", "matched 1", "dropped 1 connection-closed"], Steps("2"));
    }

    private Task<CloseReason> HoldStream(string body, ChannelInstruct channel) => _holds.Keeper.HoldStreamAsync(
        Request(HoldMode.Stream, body, channel), _client.Writer, CancellationToken.None);

    private Task<ResponseHoldResult> HoldResponse(ChannelInstruct channel) =>
        _holds.Keeper.HoldResponseAsync(Request(HoldMode.Response, "", channel), CancellationToken.None);

    private HoldRequest Request(HoldMode mode, string body, ChannelInstruct channel) =>
        FilteredHold.Request(FilteredHold.Instruct(mode, body, FilteredHold.Meta(("user", "al"), ("url", "/check")), channel), _origin);

    private List<string> Steps(string id, string channel = "c") => [.. TraceText.Of(Assert.Single(_holds.Traces.Find(channel, id)).Steps)];
}
