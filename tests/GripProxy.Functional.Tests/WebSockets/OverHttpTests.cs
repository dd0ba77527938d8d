using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;
using static GripProxy.Functional.Tests.Fixture.EventsEndpoint;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>What an origin that speaks HTTP only may ask for, and what it hears (WOH-04, WOH-10, WOH-13, WOH-15, DIF-43, LOG-08).</summary>
public sealed class OverHttpTests(ProxyOverHttp world) : IClassFixture<ProxyOverHttp>
{
    private const string Grip = "Sec-WebSocket-Extensions: grip";

    [Fact]
    public async Task Subscribe_BeforeAMessageInTheSameAnswer_CountsWhenTheMessageArrives()
    {
        EventsEndpoint endpoint = new(body => body == "OPEN\r\n" ? $"{body}{Subscribe("woh-order")}{Text("m:ready")}" : "", Grip);
        await using RawWebSocket client = await world.OpenAsync(endpoint);

        Assert.Equal("ready", await client.ReadTextAsync());
        await PublishAsync("woh-order", "content", "at once");

        Assert.Equal("at once", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Detach_Origin_GetsACloseAndNothingMoreWhileItemsGoOn()
    {
        EventsEndpoint endpoint = new(body => body switch
        {
            "OPEN\r\n" => $"{body}{Subscribe("woh-detach")}",
            "CLOSE\r\n" => body,
            _ => Text("c:{\"type\":\"detach\"}"),
        }, Grip, "Keep-Alive-Interval: 20");
        await using RawWebSocket client = await world.OpenAsync(endpoint);
        await client.SendTextAsync("go");
        await endpoint.NextAsync();
        Assert.Equal("TEXT 2\r\ngo\r\n", (await endpoint.NextAsync()).Body);
        Assert.Equal("CLOSE\r\n", (await endpoint.NextAsync()).Body);

        await client.SendTextAsync("nobody hears this");
        await PublishAsync("woh-detach", "content", "still here");

        Assert.Equal("still here", await client.ReadTextAsync());
        await client.SendCloseAsync(1000);
        Assert.Equal(1000, (await client.ReadCloseAsync()).Code);
        await client.ReadEndAsync();
        Assert.Equal(0, endpoint.Waiting);
    }

    [Fact]
    public async Task PublishedClose_Origin_GetsACloseWithoutContent()
    {
        EventsEndpoint endpoint = new(body => body == "OPEN\r\n" ? body + Subscribe("woh-close") : body, Grip);
        await using RawWebSocket client = await world.OpenAsync(endpoint);
        await world.Proxy.SubscribedAsync("woh-close");
        await PublishAsync("woh-close", "action", "close");

        Assert.Equal(1000, (await client.ReadCloseAsync()).Code);
        await endpoint.NextAsync();
        Assert.Equal("CLOSE\r\n", (await endpoint.NextAsync()).Body);
        await client.SendCloseAsync(1000);
        await client.ReadEndAsync();
    }

    [Fact]
    public async Task PublishedRefresh_Origin_IsAskedAtOnce()
    {
        EventsEndpoint endpoint = new(body => body == "OPEN\r\n" ? body + Subscribe("woh-refresh") : Text("m:fresh"), Grip);
        await using RawWebSocket client = await world.OpenAsync(endpoint);
        await world.Proxy.SubscribedAsync("woh-refresh");
        await PublishAsync("woh-refresh", "action", "refresh");

        Assert.Equal("fresh", await client.ReadTextAsync());
        await endpoint.NextAsync();
        Assert.Equal("", (await endpoint.NextAsync()).Body);
    }

    [Fact]
    public async Task Gap_ReliableSubscription_OriginIsToldAndMakesItGood()
    {
        EventsEndpoint endpoint = new(
            body => body == "OPEN\r\n" ? body + Subscribe("woh-gap", "1") : Text("m:second") + Subscribe("woh-gap", "2"), Grip);
        await using RawWebSocket client = await world.OpenAsync(endpoint);
        await world.Proxy.SubscribedAsync("woh-gap");
        await PublishAsync("woh-gap", "content", "third", id: "3", prevId: "2");

        Assert.Equal("second", await client.ReadTextAsync());
        Assert.Equal("third", await client.ReadTextAsync());
        await endpoint.NextAsync();
        SeenRequest question = await endpoint.NextAsync();
        Assert.Equal(("", "woh-gap; last-id=1"), (question.Body, question.Headers["Grip-Last"]));
        Assert.StartsWith("woh-gap; reason=", question.Headers["Grip-Missed"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AutoPong_Ping_IsAnsweredByTheProxyAlone()
    {
        EventsEndpoint endpoint = new(body => body);
        await using RawWebSocket client = await world.OpenAsync(endpoint, "/auto-pong/");
        await client.SendAsync(new RawFrame(RawFrame.PingCode, "are you there"u8.ToArray()));

        RawFrame pong = await client.ReadFrameAsync();
        Assert.Equal((RawFrame.PongCode, "are you there"), (pong.Opcode, System.Text.Encoding.ASCII.GetString(pong.Content)));
        await endpoint.NextAsync();
        await client.SendTextAsync("x");
        Assert.Equal("TEXT 1\r\nx\r\n", (await endpoint.NextAsync()).Body);
    }

    [Fact]
    public async Task Opening_FirstTargetDown_NextOneServesTheConnection()
    {
        EventsEndpoint endpoint = new(body => body);
        await using RawWebSocket client = await world.OpenAsync(endpoint, "/failover/");
        await client.SendTextAsync("x");

        Assert.Equal("x", await client.ReadTextAsync());
        Assert.Equal((await endpoint.NextAsync()).Headers["Connection-Id"], (await endpoint.NextAsync()).Headers["Connection-Id"]);
    }

    [Fact]
    public async Task Sigterm_OpenConnection_ClosesBothSides()
    {
        EventsEndpoint endpoint = new(body => body);
        world.Origin.On("/stop", endpoint.AnswerAsync);
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {world.Origin.Address},over_http"));
        await using RawWebSocket client = await RawWebSocket.ConnectAsync(proxy.Client, "/stop");
        await client.SendTextAsync("held");
        Assert.Equal("held", await client.ReadTextAsync());
        Task<int> stopped = proxy.StopAsync();

        Assert.Equal(1012, (await client.ReadCloseAsync()).Code);
        await client.SendCloseAsync(1012);
        Assert.Equal(0, await stopped);
        await endpoint.NextAsync();
        await endpoint.NextAsync();
        Assert.Equal("CLOSE\r\n", (await endpoint.NextAsync()).Body);
    }

    private static string Subscribe(string channel, string? prevId = null) =>
        Text($"c:{{\"type\":\"subscribe\",\"channel\":\"{channel}\"{(prevId is null ? "" : $",\"prev-id\":\"{prevId}\"")}}}");

    private Task PublishAsync(string channel, string member, string value, string? id = null, string? prevId = null) => world.Proxy.Control.PublishAsync(
        channel, "ws-message", new Dictionary<string, object?>(StringComparer.Ordinal) { [member] = value }, id, prevId);
}
