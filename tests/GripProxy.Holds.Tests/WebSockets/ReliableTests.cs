using System.Text;
using GripProxy.Channels;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Tests.WebSockets;

public sealed class ReliableTests : IDisposable
{
    private readonly WebSocketFixture _ws = WebSocketFixture.Grip(canRecover: true, request: WebSocketFixture.Request() with { ChannelPrefix = "p-" });
    private readonly WebSocketFixture _native = WebSocketFixture.Grip();

    public void Dispose()
    {
        _ws.Dispose();
        _native.Dispose();
    }

    [Fact]
    public async Task ItemsThatFollow_Pass()
    {
        await _ws.SubscribeAsync("'channel':'c','prev-id':'0'");
        Item("1", "0");
        Item("2", "1");
        Assert.Equal(["text 1", "text 2"], await _ws.Client.NextAsync(2));
        Assert.False(_ws.Origin.WasAsked);
    }

    [Fact]
    public async Task Gap_OverHttp_AsksAndHoldsBackUntilSubscribedAnew()
    {
        await _ws.SubscribeAsync("'channel':'c','prev-id':'0'");
        Item("1", "0");
        Item("3", "2");
        Item("4", "3");
        Assert.Equal("text 1", await _ws.Client.NextAsync());
        Assert.Equal("c 1 no-log", await _ws.Origin.NextQuestionAsync());
        Assert.True(_ws.Client.IsQuiet);
        _ws.Origin.Text("m:2 and 3");
        _ws.Origin.Control("""{"type":"subscribe","channel":"c","prev-id":"3"}""");
        Assert.Equal(["text 2 and 3", "text 4"], await _ws.Client.NextAsync(2));
        Item("5", "4");
        Assert.Equal("text 5", await _ws.Client.NextAsync());
        Assert.False(_ws.Origin.WasAsked);
    }

    [Fact]
    public async Task Gap_AnswerIsOlderThanWhatWaits_AsksAgain()
    {
        await _ws.SubscribeAsync("'channel':'c','prev-id':'0'");
        ItemInOrder("3", "2");
        ItemInOrder("4", "3");
        Assert.Equal("c 0 no-log", await _ws.Origin.NextQuestionAsync());
        await _ws.SubscribeAsync("'channel':'c','prev-id':'1'");
        Assert.Equal("c 1 no-log", await _ws.Origin.NextQuestionAsync());
        _ws.Origin.Control("""{"type":"subscribe","channel":"c","prev-id":"2"}""");
        Assert.Equal(["text 3", "text 4"], await _ws.Client.NextAsync(2));
    }

    [Fact]
    public async Task Gap_OriginSubscribesPlainly_EverythingPassesFromThere()
    {
        await _ws.SubscribeAsync("'channel':'c','prev-id':'0'");
        Item("3", "2");
        Assert.Equal("c 0 no-log", await _ws.Origin.NextQuestionAsync());
        _ws.Origin.Control("""{"type":"subscribe","channel":"c"}""");
        Item("9", "8");
        Assert.Equal(["text 3", "text 9"], await _ws.Client.NextAsync(2));
    }

    [Fact]
    public async Task Gap_OtherChannels_GoOn()
    {
        await _ws.SubscribeAsync("'channel':'c','prev-id':'0'");
        await _ws.SubscribeAsync("'channel':'other'");
        Item("3", "2");
        _ws.Publish("passes", "p-other");
        Assert.Equal("text passes", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task Gap_Native_ClosesWithTheReason()
    {
        await _native.SubscribeAsync("'channel':'c','prev-id':'0'");
        _native.Publish("1", id: "1", prevId: "0");
        _native.Publish("3", id: "3", prevId: "2");
        Assert.Equal(["text 1", "close 1013 resume failed: no-log"], await _native.Client.NextAsync(2));
        Assert.Equal("close", await _native.Origin.NextAsync());
    }

    [Fact]
    public async Task Gap_WithoutPrevId_IsNotNoticed()
    {
        await _native.SubscribeAsync();
        _native.Publish("1", id: "1", prevId: "0");
        _native.Publish("3", id: "3", prevId: "2");
        Assert.Equal(["text 1", "text 3"], await _native.Client.NextAsync(2));
    }

    [Fact]
    public async Task Gap_WhatWaitsIsTooMuch_ClosesWithOverflow()
    {
        using var ws = WebSocketFixture.Grip(
            canRecover: true,
            channels: new ChannelsOptions { UpdateOnFirstSubscription = false, Rules = [new ChannelRule("*", OverflowPolicy.Close, 1000)] });
        await ws.SubscribeAsync("'channel':'c','prev-id':'0'");
        for (var i = 2; i < 20; i++)
            ws.Publish(new string('x', 100), id: $"{i}", prevId: $"{i - 1}");
        Assert.Equal("close 1013 resume failed: overflow", await ws.Client.NextAsync());
    }

    [Fact]
    public async Task Gap_OriginNeverSubscribesAnew_ClosesAtLast()
    {
        await _ws.SubscribeAsync("'channel':'c','prev-id':'0'");
        Item("3", "2");
        Assert.Equal("c 0 no-log", await _ws.Origin.NextQuestionAsync());
        _ws.Advance(55);
        Assert.True(_ws.Client.IsQuiet);
        _ws.Advance(6);
        Assert.Equal("close 1013 resume failed: unavailable", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task Gap_AfterDetach_Closes()
    {
        await _ws.SubscribeAsync("'channel':'c','prev-id':'0'");
        _ws.Origin.Control("""{"type":"detach"}""");
        Assert.Equal("close", await _ws.Origin.NextAsync());
        _ws.Origin.Close(1000);
        Item("3", "2");
        Assert.Equal("close 1013 resume failed: no-log", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task Subscribe_BehindTheChannel_AsksAtOnce()
    {
        await _ws.SubscribeAsync();
        ItemInOrder("7", "6");
        Assert.Equal("text 7", await _ws.Client.NextAsync());
        await _ws.SubscribeAsync("'channel':'c','prev-id':'5'");
        Assert.Equal("c 5 no-log", await _ws.Origin.NextQuestionAsync());
        // The origin insists: then it knows better.
        await _ws.SubscribeAsync("'channel':'c','prev-id':'5'");
        ItemInOrder("6", "5");
        Assert.Equal("text 6", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task Subscribe_WithPosition_IsNotResumedAndAskedOnce()
    {
        await _ws.SubscribeAsync("'channel':'c','position':'abc-1'");
        Assert.Equal("c - no-log", await _ws.Origin.NextQuestionAsync());
        Item("1");
        _ws.Origin.Control("""{"type":"subscribe","channel":"c","position":"abc-2"}""");
        Assert.Equal("text 1", await _ws.Client.NextAsync());
        Assert.False(_ws.Origin.WasAsked);
    }

    [Fact]
    public async Task Subscribe_WithPositionNative_Closes()
    {
        _native.Origin.Control("""{"type":"subscribe","channel":"c","position":"abc-1"}""");
        Assert.Equal("close 1013 resume failed: no-log", await _native.Client.NextAsync());
    }

    [Fact]
    public async Task Subscribe_WithPositionNow_StartsNow()
    {
        await _native.SubscribeAsync("'channel':'c','position':'now'");
        _native.Publish("1", id: "1");
        Assert.Equal("text 1", await _native.Client.NextAsync());
    }

    [Theory]
    [InlineData("now")]
    [InlineData("abc-2")]
    public async Task Publish_QueueIsFullOnAPosition_AsksTheOrigin(string position)
    {
        using var ws = WebSocketFixture.Grip(
            canRecover: true,
            channels: new ChannelsOptions { UpdateOnFirstSubscription = false, Rules = [new ChannelRule("*", OverflowPolicy.DropNewest, 1000)] });
        await ws.SubscribeAsync($"'channel':'c','position':'{position}'");
        if (position != "now")
        {
            Assert.Equal("c - no-log", await ws.Origin.NextQuestionAsync());
            await ws.SubscribeAsync($"'channel':'c','position':'{position}'");
        }

        ws.Client.StopReading();
        ws.Publish("written");
        ws.Publish(new string('a', 900));
        ws.Publish(new string('b', 900));
        Assert.Equal("c - overflow", await ws.Origin.NextQuestionAsync());
    }

    [Fact]
    public async Task Subscribe_WithPositionNowAsTheFirst_AsksNothing()
    {
        using var ws = WebSocketFixture.Grip(canRecover: true, channels: new ChannelsOptions { UpdateOnFirstSubscription = true });
        await ws.SubscribeAsync("'channel':'c','position':'now'");
        ws.Advance(2);
        Assert.False(ws.Origin.WasAsked);
    }

    [Fact]
    public async Task Recover_OverHttp_AsksForReliableChannelsOnly()
    {
        await _ws.SubscribeAsync("'channel':'c','prev-id':'0'");
        await _ws.SubscribeAsync("'channel':'other'");
        _ws.Holds.Pipeline.Recover();
        Assert.Equal("c 0 no-log", await _ws.Origin.NextQuestionAsync());
        _ws.Publish("passes", "p-other");
        Assert.Equal("text passes", await _ws.Client.NextAsync());
        Assert.False(_ws.Origin.WasAsked);
    }

    [Fact]
    public async Task Recover_Native_ClosesReliableConnections()
    {
        await _native.SubscribeAsync("'channel':'c','prev-id':'0'");
        _native.Holds.Pipeline.Recover();
        Assert.Equal("close 1013 resume failed: no-log", await _native.Client.NextAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FirstSubscription_AsksWhereItCan(bool canRecover)
    {
        using var ws = WebSocketFixture.Grip(canRecover: canRecover, channels: new ChannelsOptions());
        await ws.SubscribeAsync("'channel':'c','prev-id':'0'");
        ws.Advance(1.2);
        if (canRecover)
        {
            Assert.Equal("c 0 no-log", await ws.Origin.NextQuestionAsync());
            ws.Origin.Control("""{"type":"subscribe","channel":"c","prev-id":"0"}""");
        }

        ws.Publish("1", id: "1", prevId: "0");
        Assert.Equal("text 1", await ws.Client.NextAsync());
    }

    [Fact]
    public async Task Release_ItemThatCameMeanwhileAndFollowsNothing_IsNotPassedOverInSilence()
    {
        using var ws = WebSocketFixture.Grip(canRecover: false, channels: new ChannelsOptions());
        await ws.SubscribeAsync("'channel':'c','prev-id':'0'");
        ws.Origin.WhileAsked = () => ws.Publish("5", id: "5", prevId: "4");
        ws.Advance(1.2);
        Assert.Equal("close 1013 resume failed: no-log", await ws.Client.NextAsync().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task FilterError_OnAReliableChannel_AsksForWhatIsMissing()
    {
        await _ws.SubscribeAsync("'channel':'c','prev-id':'0','filters':['var-subst']");
        _ws.Client.StopReading();
        Item("1", "0");
        _ws.Publish("%(nobody)s", "p-c", id: "2", prevId: "1");
        Item("3", "2");
        _ws.Client.ReadOn();
        Assert.Equal("text 1", await _ws.Client.NextAsync());
        Assert.Equal("c 1 no-log", await _ws.Origin.NextQuestionAsync());
        Item("4", "3");
        _ws.Origin.Control("""{"type":"subscribe","channel":"c","prev-id":"3"}""");
        Assert.Equal("text 4", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task Envelope_Items_SayWhereTheyComeFrom()
    {
        await _ws.ControlAsync();
        _ws.Origin.Control("""{"type":"subscribe","channel":"c","envelope":true}""");
        Assert.Equal("""text {"channel":"c","resumed":null}""", await _ws.Client.NextAsync());
        Item("1\"é");
        _ws.Publish(new Item
        {
            Channel = "p-c",
            WebSocketMessage = new WebSocketMessageFormat { Type = WebSocketMessageType.Binary, Content = new byte[] { 1, 255 } },
        });
        _ws.Publish("p", "p-c", type: WebSocketMessageType.Ping);
        Assert.Equal(
            ["""text {"channel":"c","id":"1\"é","content":"1\"é"}""", """text {"channel":"c","content-bin":"Af8="}""", "ping p"],
            await _ws.Client.NextAsync(3));
    }

    [Fact]
    public async Task Envelope_OfAReliableChannel_SaysWhetherItIsResumed()
    {
        _ws.Origin.Control("""{"type":"subscribe","channel":"c","envelope":true,"prev-id":"0"}""");
        Assert.Equal("""text {"channel":"c","resumed":true}""", await _ws.Client.NextAsync());
        Item("3", "2");
        Assert.Equal("c 0 no-log", await _ws.Origin.NextQuestionAsync());
        _ws.Origin.Control("""{"type":"subscribe","channel":"c","envelope":true,"prev-id":"2"}""");
        Assert.Equal(
            ["""text {"channel":"c","resumed":false,"reason":"no-log"}""", """text {"channel":"c","id":"3","content":"3"}"""],
            await _ws.Client.NextAsync(2));
    }

    [Fact]
    public async Task Envelope_ForManyClients_IsEncodedOnce()
    {
        using var holds = new HoldsFixture();
        var framing = new TestFraming();
        var clients = Enumerable.Range(0, 3).Select(_ => new TestClient(framing)).ToArray();
        for (var i = 0; i < clients.Length; i++)
        {
            var origin = new TestOrigin();
            origin.Control("""{"type":"subscribe","channel":"c","envelope":true}""");
            var request = WebSocketFixture.Request() with { ConnectionId = $"{i}" };
            _ = holds.Keeper.HoldWebSocketAsync(request, clients[i], origin, new("m:"), CancellationToken.None);
            await clients[i].NextAsync();
        }

        var before = framing.Encodings;
        holds.Pipeline.Publish([new Item { Channel = "c", WebSocketMessage = new WebSocketMessageFormat { Content = Encoding.UTF8.GetBytes("x") } }]);
        foreach (var client in clients)
            Assert.Equal("""text {"channel":"c","content":"x"}""", await client.NextAsync());
        Assert.Equal(1, framing.Encodings - before);
    }

    [Fact]
    public async Task CloseReason_OfAFailedResume_IsError()
    {
        _native.Origin.Control("""{"type":"subscribe","channel":"c","position":"abc-1"}""");
        Assert.Equal("close 1013 resume failed: no-log", await _native.Client.NextAsync());
        _native.Client.Close(1013);
        _native.Origin.Close(1000);
        Assert.Equal(CloseReason.Error, await _native.Held);
    }

    // Out of order items come at once, as after message_wait.
    private void Item(string id, string? prevId = null) => _ws.Publish(id, "p-c", id, prevId);

    private void ItemInOrder(string id, string? prevId = null) => _ws.Publish(id, "p-c", id, prevId, noSequence: false);
}
