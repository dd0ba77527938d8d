using System.Text;
using GripProxy.Channels;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

public sealed class PublishTests : IDisposable
{
    private static readonly string Long = new('x', 100);
    private readonly WebSocketFixture _ws = WebSocketFixture.Grip();

    public void Dispose() => _ws.Dispose();

    [Fact]
    public async Task Send_EachType_ArrivesInOrder()
    {
        await _ws.SubscribeAsync();
        foreach (var type in Enum.GetValues<WebSocketMessageType>())
            _ws.Publish($"{(int)type}", type: type);
        Assert.Equal(["text 0", "binary 1", "ping 2", "pong 3"], await _ws.Client.NextAsync(4));
    }

    [Fact]
    public async Task Send_NeedsNoPrefix()
    {
        await _ws.SubscribeAsync();
        _ws.Publish("m:x");
        Assert.Equal("text m:x", await _ws.Client.NextAsync());
    }

    [Fact]
    public void Send_NothingInItsWay_IsWithTheClientWhenThePublisherGoesOn()
    {
        using var ws = new WebSocketFixture(request: Implicit("1"));
        foreach (var text in new[] { "a", "b" })
        {
            ws.Publish(text);
            Assert.Equal($"text {text}", ws.Client.TryNext());
        }
    }

    [Fact]
    public async Task Send_FailsWithinThePublishersCall_EndsTheConnectionAndNobodyElseHearsOfIt()
    {
        using var ws = new WebSocketFixture(request: Implicit("1"));
        ws.Client.Failure = new NotSupportedException();
        ws.Publish("a");
        Assert.Equal(CloseReason.Error, await ws.Held);
        Assert.True(ws.Client.IsAborted);
    }

    [Fact]
    public async Task Send_WhileTheClientDoesNotRead_IsJoinedAndLosesNothing()
    {
        await _ws.SubscribeAsync();
        _ws.Client.StopReading();
        for (var i = 0; i < 1000; i++)
            _ws.Publish($"{i}");
        var before = _ws.Client.Sends;
        _ws.Client.ReadOn();
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"text {i}"), await _ws.Client.NextAsync(1000));
        Assert.InRange(_ws.Client.Sends - before, 1, 2);
    }

    [Fact]
    public async Task Send_ToManyClients_IsEncodedOnce()
    {
        using var holds = new HoldsFixture();
        var framing = new TestFraming();
        var clients = Enumerable.Range(0, 5).Select(_ => new TestClient(framing)).ToArray();
        for (var i = 0; i < clients.Length; i++)
            _ = holds.Keeper.HoldWebSocketAsync(Implicit($"{i}"), clients[i], new TestOrigin(), null, CancellationToken.None);
        holds.Pipeline.Publish([Message("a"), Message("b")]);
        foreach (var client in clients)
            Assert.Equal(["text a", "text b"], await client.NextAsync(2));
        Assert.Equal(2, framing.Encodings);
        Assert.Equal(10, holds.Metrics["gripproxy.deliveries transport=ws"]);
    }

    [Fact]
    public async Task Send_BetweenFragmentsOfTheOrigin_WaitsForTheEndOfTheMessage()
    {
        await _ws.SubscribeAsync();
        _ws.Origin.Text("m:a", isLast: false);
        _ws.Origin.Say(new WebSocketPart(WebSocketPartKind.Ping, "now in message"u8.ToArray()));
        Assert.Equal("ping now in message", await _ws.Client.NextAsync());
        _ws.Publish("1");
        _ws.Publish("2");
        _ws.Origin.Text("b", isFirst: false);
        Assert.Equal(["text ab", "text 1", "text 2"], await _ws.Client.NextAsync(3));
    }

    [Fact]
    public async Task Send_MoreThanTheQueueHoldsBetweenFragments_ClosesTheClient()
    {
        using var ws = WebSocketFixture.Grip(channels: WithRule(OverflowPolicy.Close));
        await ws.SubscribeAsync();
        ws.Origin.Text("m:a", isLast: false);
        ws.Origin.Say(new WebSocketPart(WebSocketPartKind.Ping, "p"u8.ToArray()));
        Assert.Equal("ping p", await ws.Client.NextAsync());
        for (var i = 0; i < 20; i++)
            ws.Publish(Long);
        Assert.Equal("close", await ws.Origin.NextAsync());
        ws.Origin.Close(1000);
        Assert.Equal("close 1013 too slow", await ws.Client.NextAsync());
    }

    [Fact]
    public async Task Overflow_OriginStopsWithinAMessage_ClientStillGetsTheCloseFrame()
    {
        using var ws = WebSocketFixture.Grip(channels: WithRule(OverflowPolicy.Close));
        await ws.SubscribeAsync();
        ws.Origin.Text("m:a", isLast: false);
        ws.Origin.Say(new WebSocketPart(WebSocketPartKind.Ping, "p"u8.ToArray()));
        Assert.Equal("ping p", await ws.Client.NextAsync());
        for (var i = 0; i < 20; i++)
            ws.Publish(Long);
        Assert.Equal("close", await ws.Origin.NextAsync());
        ws.Advance(6);
        Assert.Equal("close 1013 too slow", await ws.Client.NextAsync());
        ws.Advance(6);
        Assert.Equal(CloseReason.Overflow, await ws.Held);
    }

    [Fact]
    public async Task Overflow_ClientReadsAgain_GetsTheCloseFrameInsteadOfWhatWaited()
    {
        using var ws = WebSocketFixture.Grip(channels: WithRule(OverflowPolicy.Close));
        await ws.SubscribeAsync();
        ws.Client.StopReading();
        for (var i = 0; i < 20; i++)
            ws.Publish(Long + i);
        ws.Client.ReadOn();
        Assert.Equal([$"text {Long}0", "close 1013 too slow"], await ws.Client.NextAsync(2));
        ws.Client.Close(1013);
        ws.Origin.Close(1000);
        Assert.Equal(CloseReason.Overflow, await ws.Held);
        Assert.Equal(1, ws.Holds.Metrics["gripproxy.drops transport=ws reason=queue-full"]);
    }

    [Fact]
    public async Task Overflow_ClientNeverReads_IsCutAfterAWhile()
    {
        using var ws = WebSocketFixture.Grip(WebSocketFixture.Request() with { ImplicitChannels = ["c"] }, channels: WithRule(OverflowPolicy.Close));
        ws.Client.StopReading();
        for (var i = 0; i < 20; i++)
            ws.Publish(Long);
        ws.Advance(6);
        Assert.Equal(CloseReason.Overflow, await ws.Held);
        Assert.True(ws.Client.IsAborted && ws.Origin.IsAborted);
    }

    [Theory]
    [InlineData(OverflowPolicy.DropNewest, 1)]
    [InlineData(OverflowPolicy.DropOldest, 19)]
    public async Task Overflow_DropPolicy_ConnectionStays(OverflowPolicy policy, int kept)
    {
        using var ws = WebSocketFixture.Grip(channels: WithRule(policy, queueBytes: 100));
        await ws.SubscribeAsync();
        ws.Client.StopReading();
        for (var i = 0; i < 20; i++)
            ws.Publish(Long + i);
        ws.Client.ReadOn();
        Assert.Equal([$"text {Long}0", $"text {Long}{kept}"], await ws.Client.NextAsync(2));
        Assert.Equal(18, ws.Holds.Metrics["gripproxy.drops transport=ws reason=queue-full"]);
        ws.Publish("next");
        Assert.Equal("text next", await ws.Client.NextAsync());
    }

    [Theory]
    [InlineData(null, "ignored", "close")]
    [InlineData(4003, "gone", "close 4003 gone")]
    public async Task Close_AfterMessages_EndsBothSides(int? code, string reason, string expected)
    {
        await _ws.SubscribeAsync();
        _ws.Publish("last");
        _ws.PublishAction(ItemAction.Close, code, reason);
        _ws.Publish("too late");
        _ws.Origin.Text("m:too late");
        Assert.Equal(["text last", expected], await _ws.Client.NextAsync(2));
        Assert.Equal("close", await _ws.Origin.NextAsync());
        _ws.Client.Close(1000);
        _ws.Origin.Close(1000);
        Assert.Equal(CloseReason.Published, await _ws.Held);
        Assert.True(_ws.Client.IsQuiet && _ws.Origin.IsQuiet);
        Assert.Equal(0, _ws.Holds.Table.CountSubscribers("c"));
        Assert.Equal(1, _ws.Holds.Metrics["gripproxy.drops transport=ws reason=connection-closed"]);
    }

    [Fact]
    public async Task Hint_DoesNothing()
    {
        await _ws.SubscribeAsync();
        _ws.PublishAction(ItemAction.Hint);
        _ws.Publish("x");
        Assert.Equal("text x", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task Refresh_AsksTheOrigin()
    {
        await _ws.SubscribeAsync();
        _ws.PublishAction(ItemAction.Refresh);
        Assert.Equal("refresh", await _ws.Origin.NextQuestionAsync());
    }

    [Fact]
    public void Refresh_OriginCannotBeAsked_SaysSo()
    {
        _ws.Origin.CanRefresh = false;
        Assert.False(_ws.Holds.Keeper.Find("1")!.Refresh());
        // For the command of Pushpin it is a WebSocket all the same.
        Assert.True(_ws.Holds.Keeper.Refresh("1"));
    }

    [Fact]
    public async Task Refresh_ById_AsksTheOrigin()
    {
        Assert.True(_ws.Holds.Keeper.Refresh("1"));
        Assert.Equal("refresh", await _ws.Origin.NextQuestionAsync());
        Assert.True(_ws.Holds.Keeper.IsAlive("1"));
    }

    [Fact]
    public async Task OtherFormats_AreNotForWebSockets()
    {
        await _ws.SubscribeAsync();
        _ws.Holds.PublishStream("stream");
        _ws.Holds.PublishResponse("response");
        _ws.Publish("x");
        Assert.Equal("text x", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task VarSubst_UsesTheMetaOfTheMoment()
    {
        await _ws.ControlAsync("{'type':'set-meta','name':'user','value':'al'}");
        await _ws.SubscribeAsync("'channel':'c','filters':['var-subst']");
        _ws.Publish("hi %(user)s");
        Assert.Equal("text hi al", await _ws.Client.NextAsync());
        await _ws.ControlAsync("{'type':'set-meta','name':'user'}");
        _ws.Publish("hi %(user)s");
        _ws.Publish("static");
        Assert.Equal("text static", await _ws.Client.NextAsync());
        Assert.Equal(1, _ws.Holds.Metrics["gripproxy.drops transport=ws reason=filter-error"]);
    }

    [Fact]
    public async Task RequireSub_UsesNamesWithoutPrefix()
    {
        using var ws = WebSocketFixture.Grip(WebSocketFixture.Request() with { ChannelPrefix = "p-" });
        await ws.SubscribeAsync("'channel':'c','filters':['require-sub']");
        ws.Publish("not yet", "p-c", meta: ("require_sub", "other"));
        await ws.SubscribeAsync("'channel':'other'");
        ws.Publish("now", "p-c", meta: ("require_sub", "other"));
        Assert.Equal("text now", await ws.Client.NextAsync());
    }

    [Fact]
    public async Task FilterError_InDebug_Closes()
    {
        using var ws = WebSocketFixture.Grip(WebSocketFixture.Request(debug: true));
        await ws.SubscribeAsync("'channel':'c','filters':['var-subst']");
        ws.Publish("%(user)s");
        Assert.StartsWith("close 1011 filter error: ", await ws.Client.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContentFilters_ThatDiffer_AreSkippedOrCloseInDebug()
    {
        await _ws.SubscribeAsync("'channel':'c','filters':['var-subst']");
        _ws.Publish("skipped", contentFilters: ["build-id"]);
        _ws.Publish("fits", contentFilters: ["var-subst"]);
        Assert.Equal("text fits", await _ws.Client.NextAsync());
        using var ws = WebSocketFixture.Grip(WebSocketFixture.Request(debug: true));
        await ws.SubscribeAsync("'channel':'c','filters':['var-subst']");
        ws.Publish("x", contentFilters: ["build-id"]);
        Assert.Equal("close 1011 content filter mismatch: subscription=var-subst message=build-id", await ws.Client.NextAsync());
    }

    private static ChannelsOptions WithRule(OverflowPolicy policy, int queueBytes = 1000) =>
        new() { UpdateOnFirstSubscription = false, Rules = [new ChannelRule("*", policy, queueBytes)] };

    private static HoldRequest Implicit(string id) => WebSocketFixture.Request() with { ConnectionId = id, ImplicitChannels = ["c"] };

    private static Item Message(string text) =>
        new() { Channel = "c", WebSocketMessage = new WebSocketMessageFormat { Content = Encoding.UTF8.GetBytes(text) } };
}
