using GripProxy.Channels.Delivery;
using GripProxy.Holds.Tests.WebSockets;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;
using static GripProxy.Holds.Tests.Resuming.LoggedHolds;

namespace GripProxy.Holds.Tests.Resuming;

public sealed class WebSocketResumeTests : IDisposable
{
    private LoggedHolds _holds = new();

    public void Dispose() => _holds.Dispose();

    [Fact]
    public async Task Position_IsGood_GoesOnAfterIt()
    {
        _holds.PublishMany(1, 3);
        var ws = Open();
        ws.Origin.Control($$"""{"type":"subscribe","channel":"log","position":"{{await _holds.AtAsync(1)}}"}""");
        _holds.Publish("4");
        Assert.Equal(["text 2", "text 3", "text 4"], await ws.Client.NextAsync(3));
        Assert.False(ws.Origin.WasAsked);
        Assert.Equal(1, _holds.Fixture.Metrics["gripproxy.resumes transport=ws outcome=resumed"]);
    }

    [Fact]
    public async Task Envelope_Resumed_SaysPositions()
    {
        _holds.PublishMany(1, 2);
        var epoch = (await _holds.NewestAsync()).Epoch;
        var ws = Open();
        ws.Origin.Control($$"""{"type":"subscribe","channel":"log","position":"{{epoch}}-1","envelope":true}""");
        Assert.Equal(
            [
                $$"""text {"channel":"log","position":"{{epoch}}-1","resumed":true}""",
                $$"""text {"channel":"log","position":"{{epoch}}-2","id":"2","content":"2"}""",
            ],
            await ws.Client.NextAsync(2));
        _holds.Publish("3");
        Assert.Equal($$"""text {"channel":"log","position":"{{epoch}}-3","id":"3","content":"3"}""", await ws.Client.NextAsync());
    }

    [Theory]
    [InlineData("\"envelope\":true")]
    [InlineData("\"envelope\":true,\"position\":\"now\"")]
    public async Task Envelope_FromNow_SaysWhereThatIs(string members)
    {
        _holds.PublishMany(1, 2);
        var ws = Open();
        ws.Origin.Control($$"""{"type":"subscribe","channel":"log",{{members}}}""");
        Assert.Equal($$"""text {"channel":"log","position":"{{await _holds.NewestAsync()}}","resumed":null}""", await ws.Client.NextAsync());
        _holds.Publish("3");
        Assert.Equal($$"""text {"channel":"log","position":"{{await _holds.NewestAsync()}}","id":"3","content":"3"}""", await ws.Client.NextAsync());
    }

    [Theory]
    [InlineData("abcdefghijkl-1", "epoch")]
    [InlineData("@-9", "ahead")]
    [InlineData("17", "unknown")]
    public async Task Position_IsNotGood_OverHttp_AsksOnceAndThenStartsNow(string position, string reason)
    {
        _holds.PublishMany(1, 2);
        position = position.Replace("@", (await _holds.NewestAsync()).Epoch, StringComparison.Ordinal);
        var ws = Open(canRecover: true);
        ws.Origin.Control($$"""{"type":"subscribe","channel":"log","position":"{{position}}","envelope":true}""");
        Assert.Equal($"log - {reason}", await ws.Origin.NextQuestionAsync());
        _holds.Publish("3");
        ws.Origin.Control($$"""{"type":"subscribe","channel":"log","position":"{{position}}","envelope":true}""");
        Assert.StartsWith("text {\"channel\":\"log\"", await ws.Client.NextAsync(), StringComparison.Ordinal);
        _holds.Publish("4");
        string text;
        do
            text = await ws.Client.NextAsync();
        while (!text.EndsWith("\"id\":\"4\",\"content\":\"4\"}", StringComparison.Ordinal));
        Assert.False(ws.Origin.WasAsked);
        Assert.Equal(1, _holds.Fixture.Metrics[$"gripproxy.resumes transport=ws outcome={reason}"]);
    }

    [Fact]
    public async Task Position_IsNotGood_Native_Closes()
    {
        var ws = Open();
        ws.Origin.Control("""{"type":"subscribe","channel":"log","position":"abcdefghijkl-1"}""");
        Assert.Equal("close 1013 resume failed: epoch", await ws.Client.NextAsync());
        Assert.Equal(1, _holds.Fixture.Metrics["gripproxy.resumes transport=ws outcome=epoch"]);
    }

    [Fact]
    public async Task Position_AskedAndAnsweredWithAGoodOne_GoesOnThere()
    {
        _holds.PublishMany(1, 3);
        var ws = Open(canRecover: true);
        ws.Origin.Control("""{"type":"subscribe","channel":"log","position":"abcdefghijkl-1"}""");
        Assert.Equal("log - epoch", await ws.Origin.NextQuestionAsync());
        _holds.Publish("4");
        ws.Origin.Text("m:snapshot of 2");
        ws.Origin.Control($$"""{"type":"subscribe","channel":"log","position":"{{await _holds.AtAsync(2)}}"}""");
        Assert.Equal(["text snapshot of 2", "text 3", "text 4"], await ws.Client.NextAsync(3));
    }

    [Fact]
    public async Task PrevId_ItemIsKept_GoesOnAfterIt()
    {
        _holds.PublishMany(1, 3);
        var ws = Open();
        ws.Origin.Control("""{"type":"subscribe","channel":"log","prev-id":"1"}""");
        _holds.Publish("4", prevId: "3");
        Assert.Equal(["text 2", "text 3", "text 4"], await ws.Client.NextAsync(3));
    }

    [Fact]
    public async Task PrevId_ItemIsNotKept_AsksTheOrigin()
    {
        Use(new LoggedHolds(logItems: 1));
        _holds.PublishMany(1, 3);
        var ws = Open(canRecover: true);
        ws.Origin.Control("""{"type":"subscribe","channel":"log","prev-id":"1"}""");
        Assert.Equal("log 1 expired", await ws.Origin.NextQuestionAsync());
    }

    [Fact]
    public async Task Gap_LogHasWhatIsBetween_IsFilled()
    {
        _holds.Publish("0");
        var ws = Open();
        await ws.SubscribeAsync("'channel':'log','prev-id':'0'");
        _holds.Fixture.Pipeline.Publish([Item("1", prevId: "0") with { WebSocketMessage = null }]);
        _holds.Publish("2", prevId: "1");
        Assert.Equal("text 2", await ws.Client.NextAsync());
        Assert.False(ws.Origin.WasAsked);
    }

    [Fact]
    public async Task Gap_LogLacksIt_IsNotSilent()
    {
        _holds.Publish("0");
        var ws = Open();
        await ws.SubscribeAsync("'channel':'log','prev-id':'0'");
        _holds.Publish("2", prevId: "1");
        Assert.Equal("close 1013 resume failed: expired", await ws.Client.NextAsync());
    }

    [Fact]
    public async Task SlowClient_WhatFoundNoRoom_ComesFromTheLog()
    {
        Use(new LoggedHolds(logItems: 1000, OverflowPolicy.DropNewest, queueBytes: 20));
        var ws = Open();
        await ws.SubscribeAsync("'channel':'log','position':'now'");
        ws.Client.StopReading();
        _holds.PublishMany(1, 200);
        ws.Client.ReadOn();
        Assert.Equal(Enumerable.Range(1, 200).Select(i => $"text {i}"), await ws.Client.NextAsync(200));
    }

    [Fact]
    public async Task Latest_NewSubscription_GetsTheNewestOnce()
    {
        _holds.PublishMany(1, 2, "latest");
        var ws = Open();
        ws.Origin.Control("""{"type":"subscribe","channel":"latest"}""");
        Assert.Equal("text 2", await ws.Client.NextAsync());
        await ws.SubscribeAsync("'channel':'latest'");
        _holds.Publish("3", "latest");
        Assert.Equal("text 3", await ws.Client.NextAsync());
    }

    [Fact]
    public async Task Latest_ChannelOfTheRoute_GetsTheNewestToo()
    {
        _holds.PublishMany(1, 2, "latest");
        using var ws = new WebSocketFixture(_holds.Fixture, grip: null, WebSocketFixture.Request() with { ImplicitChannels = ["latest"] });
        Assert.Equal("text 2", await ws.Client.NextAsync());
    }

    private WebSocketFixture Open(bool canRecover = false) =>
        new(_holds.Fixture, new GripExtension("m:"), WebSocketFixture.Request(), canRecover);

    private void Use(LoggedHolds holds)
    {
        _holds.Dispose();
        _holds = holds;
    }
}
