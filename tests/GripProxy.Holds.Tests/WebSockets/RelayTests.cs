using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

public sealed class RelayTests : IDisposable
{
    private readonly WebSocketFixture _ws = new();

    public void Dispose() => _ws.Dispose();

    [Fact]
    public async Task Parts_BothWays_PassWithTheirKinds()
    {
        _ws.Client.Text("a", isLast: false);
        _ws.Client.Text("b", isFirst: false);
        _ws.Client.Say(new WebSocketPart(WebSocketPartKind.Ping, "p"u8.ToArray()));
        Assert.Equal(["text ab", "ping p"], await _ws.Origin.NextAsync(2));
        _ws.Origin.Say(new WebSocketPart(WebSocketPartKind.Binary, "c:x"u8.ToArray()));
        _ws.Origin.Say(new WebSocketPart(WebSocketPartKind.Pong, "p"u8.ToArray()));
        _ws.Origin.Control("{}");
        Assert.Equal(["binary c:x", "pong p", "text c:{}"], await _ws.Client.NextAsync(3));
    }

    [Fact]
    public async Task ControlFrame_BetweenFragments_PassesWithinTheMessage()
    {
        _ws.Origin.Text("a", isLast: false);
        _ws.Origin.Say(new WebSocketPart(WebSocketPartKind.Ping, "p"u8.ToArray()));
        _ws.Origin.Text("b", isFirst: false);
        Assert.Equal(["ping p", "text ab"], await _ws.Client.NextAsync(2));
    }

    [Fact]
    public async Task ClientCloses_OriginAnswers_BothGetTheCodes()
    {
        _ws.Client.Close(4001, "bye");
        Assert.Equal("close 4001 bye", await _ws.Origin.NextAsync());
        _ws.Origin.Close(4002, "ok");
        Assert.Equal("close 4002 ok", await _ws.Client.NextAsync());
        Assert.Equal(CloseReason.Client, await _ws.Held);
        Assert.False(_ws.Client.IsAborted);
    }

    [Fact]
    public async Task ClientCloses_OriginTalksOn_ClientStillGetsIt()
    {
        _ws.Client.Close(1000);
        Assert.Equal("close 1000", await _ws.Origin.NextAsync());
        _ws.Origin.Text("last");
        _ws.Origin.Close(1000);
        Assert.Equal(["text last", "close 1000"], await _ws.Client.NextAsync(2));
    }

    [Fact]
    public async Task ClientClosesWithoutCode_OriginAnswersWithoutCode_IsNormalForTheOrigin()
    {
        _ws.Client.Say(new WebSocketPart(WebSocketPartKind.Close, default));
        Assert.Equal("close 1000", await _ws.Origin.NextAsync());
        _ws.Origin.Say(new WebSocketPart(WebSocketPartKind.Close, default));
        Assert.Equal("close", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task ClientCloses_OriginDoesNotAnswer_ClientGetsItsOwnCloseAfterAWhile()
    {
        _ws.Client.Close(4001);
        Assert.Equal("close 4001", await _ws.Origin.NextAsync());
        _ws.Advance(6);
        Assert.Equal("close 4001", await _ws.Client.NextAsync());
        Assert.Equal("cut", await _ws.Origin.NextAsync());
        Assert.Equal(CloseReason.Client, await _ws.Held);
    }

    [Fact]
    public async Task OriginCloses_ClientAnswers_OriginGetsTheAnswer()
    {
        _ws.Origin.Close(4002, "tired");
        Assert.Equal("close 4002 tired", await _ws.Client.NextAsync());
        Assert.True(_ws.Origin.IsQuiet);
        _ws.Client.Close(4002, "tired");
        Assert.Equal("close 4002 tired", await _ws.Origin.NextAsync());
        Assert.Equal(CloseReason.Origin, await _ws.Held);
        Assert.False(_ws.Client.IsAborted || _ws.Origin.IsAborted);
    }

    [Fact]
    public async Task OriginCloses_ClientDoesNotAnswer_BothAreCutAfterAWhile()
    {
        _ws.Origin.Close(1000);
        Assert.Equal("close 1000", await _ws.Client.NextAsync());
        _ws.Advance(6);
        Assert.Equal(CloseReason.Origin, await _ws.Held);
        Assert.True(_ws.Client.IsAborted);
    }

    [Theory]
    [InlineData(WebSocketPartKind.Lost)]
    [InlineData(WebSocketPartKind.Violation)]
    public async Task OriginBreaks_ClientIsCutWithoutCloseFrame(WebSocketPartKind kind)
    {
        _ws.Origin.Say(new WebSocketPart(kind, default));
        Assert.Equal(CloseReason.Origin, await _ws.Held);
        Assert.Equal("cut", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task ClientBreaksTheProtocol_GetsItsCloseFrameAndOriginIsCut()
    {
        _ws.Client.Say(new WebSocketPart(WebSocketPartKind.Violation, new WebSocketClose(1002).ToContent()));
        Assert.Equal(CloseReason.Client, await _ws.Held);
        Assert.Equal("close 1002", await _ws.Client.NextAsync());
        Assert.Equal("cut", await _ws.Origin.NextAsync());
    }

    [Fact]
    public async Task ClientIsLost_OriginIsCut()
    {
        _ws.Client.Lose();
        Assert.Equal(CloseReason.Client, await _ws.Held);
        Assert.Equal("cut", await _ws.Origin.NextAsync());
    }

    [Fact]
    public async Task ClientGoneToken_EndsTheHold()
    {
        await _ws.Gone.CancelAsync();
        Assert.Equal(CloseReason.Client, await _ws.Held);
        Assert.True(_ws.Origin.IsAborted);
        Assert.Equal(1, _ws.Holds.Metrics["gripproxy.closes transport=ws reason=client"]);
    }

    [Fact]
    public async Task Drain_ClientClosesWithServiceRestart()
    {
        _ws.Holds.Keeper.EndAll(CloseReason.Drain);
        Assert.Equal("close 1012", await _ws.Client.NextAsync());
        Assert.Equal("close", await _ws.Origin.NextAsync());
        _ws.Client.Close(1012);
        _ws.Origin.Close(1000);
        Assert.Equal(CloseReason.Drain, await _ws.Held);
    }

    [Fact]
    public async Task Close_NobodyAnswers_EndsAfterAWhile()
    {
        _ws.Holds.Keeper.EndAll(CloseReason.Drain);
        Assert.Equal("close 1012", await _ws.Client.NextAsync());
        _ws.Advance(6);
        Assert.Equal(CloseReason.Drain, await _ws.Held);
    }

    [Fact]
    public async Task NothingPasses_ForTheIdleTime_Closes()
    {
        _ws.Advance(1700);
        _ws.Client.Text("x");
        Assert.Equal("text x", await _ws.Origin.NextAsync());
        _ws.Advance(1700);
        Assert.True(_ws.Client.IsQuiet);
        _ws.Advance(101);
        Assert.Equal("close 1001 idle", await _ws.Client.NextAsync());
    }

    [Fact]
    public async Task SlowClient_OriginIsNotReadOn()
    {
        _ws.Client.StopReading();
        for (var i = 0; i < 100; i++)
            _ws.Origin.Text($"{i}");
        _ws.Client.Text("still works");
        Assert.Equal("text still works", await _ws.Origin.NextAsync());
        _ws.Client.ReadOn();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"text {i}"), await _ws.Client.NextAsync(100));
    }
}
