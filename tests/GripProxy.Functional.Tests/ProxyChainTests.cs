using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests;

/// <summary>
/// Proxies behind proxies (HTTP-04), in every order of ours and Pushpin: where the back one trusts the front one, the front one holds and the
/// origin's GRIP passes through the back one.
/// </summary>
public sealed class ProxyChainTests
{
    private const string FrontKey = "the key of the front proxy";

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Trusted_FrontHolds_PublishThereReachesStreamAndLongPoll(bool frontIsPushpin, bool backIsPushpin)
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/stream", "stream", "room", "open\n", "Grip-Keep-Alive: ka\\n; format=cstring; timeout=50");
        origin.OnHold("/poll", "response", "room", "nothing\n");
        await using IHoldingProxy back = await StartBackAsync(backIsPushpin, origin);
        await using IHoldingProxy front = await StartFrontAsync(frontIsPushpin, back, origin);
        int mark = back.Output.Mark;
        await using RawHttp stream = await front.ConnectAsync();
        await using RawHttp poll = await front.ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/stream"));
        RawResponse head = await stream.ReadHeadAsync();
        Assert.DoesNotContain(head.Headers, header => header.Key.StartsWith("Grip-", StringComparison.OrdinalIgnoreCase));
        await poll.SendAsync(RawHttp.Get("/poll"));
        await front.SubscribedAsync("room", count: 2);

        await front.Control.PublishStreamAsync("room", "news\n");
        await front.Control.PublishResponseAsync("room", "news\n");

        Assert.Equal("open\nnews\n", await stream.ReadStreamAsync("news\n"));
        Assert.Equal("news\n", (await poll.ReadResponseAsync()).Body);
        Assert.Equal("front", IssuerOf(await origin.NextRequestAsync("/stream")));
        Assert.DoesNotContain(back.Output.Text.Split('\n').Skip(mark), line => line.Contains("channel=room", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Trusted_ItemIsMissing_FrontFetchesTheNextLinkThroughBack(bool frontIsPushpin, bool backIsPushpin)
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/start", "stream", "log; prev-id=1", "1 ", "Grip-Link: </next>; rel=next");
        origin.OnHold("/next", "stream", "log; prev-id=4", "2 3 4 ", "Grip-Link: </next>; rel=next");
        await using IHoldingProxy back = await StartBackAsync(backIsPushpin, origin);
        await using IHoldingProxy front = await StartFrontAsync(frontIsPushpin, back, origin);
        await using RawHttp stream = await front.ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/start"));
        await stream.ReadHeadAsync();
        await front.SubscribedAsync("log");

        // The two between were lost on their way to the proxy, which asks for them instead of waiting for ever.
        await front.Control.PublishStreamAsync("log", "4 ", id: "4", prevId: "3");

        Assert.Equal("1 2 3 4 ", await stream.ReadStreamAsync("4 "));
        SeenRequest next = await origin.NextRequestAsync("/next");
        Assert.Equal(("front", "log; last-id=1"), (IssuerOf(next), next.Header("Grip-Last")));
        await front.Control.PublishStreamAsync("log", "5 ", id: "5", prevId: "4");
        Assert.Equal("1 2 3 4 5 ", await stream.ReadStreamAsync("5 "));
    }

    [Theory]
    [InlineData(false, "", "")]
    [InlineData(true, "", "")]
    [InlineData(false, "", ",over_http")]
    [InlineData(true, "", ",over_http")]
    [InlineData(false, ",over_http", "")]
    [InlineData(true, ",over_http", "")]
    public async Task Trusted_WebSocket_FrontDoesTheGripWork(bool frontIsPushpin, string frontOption, string backOption)
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        OriginKind kind = frontOption.Length + backOption.Length > 0 ? OriginKind.OverHttp : OriginKind.Native;
        TalkOrigin talk = GripTalk(origin, kind);
        await using IHoldingProxy back = await StartBackAsync(isPushpin: false, origin, options: backOption);
        await using IHoldingProxy front = await StartFrontAsync(frontIsPushpin, back, origin, frontOption);
        int mark = back.Output.Mark;
        await using RawWebSocket client = await RawWebSocket.ConnectAsync(IPEndPoint.Parse(front.Address), "/ws");
        await client.SendTextAsync("""c:{"type":"subscribe","channel":"room"}""");
        await client.SendTextAsync("m:echo");
        Assert.Equal("echo", await client.ReadTextAsync());
        await front.SubscribedAsync("room");

        await front.Control.PublishMessageAsync("room", "news");

        Assert.Equal("news", await client.ReadTextAsync());
        Assert.Null(client.AnswerHeader("Sec-WebSocket-Extensions"));
        await talk.NextAsync();
        Assert.Equal("front", IssuerOf(await origin.NextRequestAsync("/ws")));
        Assert.DoesNotContain(back.Output.Text.Split('\n').Skip(mark), line => line.Contains("channel=room", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NotTrusted_BackHolds_FrontPassesTheStream()
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/stream", "stream", "room", "open\n");
        await using IHoldingProxy back = await StartBackAsync(isPushpin: false, origin, trustedKey: "the key of somebody else");
        await using IHoldingProxy front = await StartFrontAsync(isPushpin: false, back, origin);
        await using RawHttp stream = await front.ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/stream"));
        await stream.ReadHeadAsync();
        await back.SubscribedAsync("room");

        await back.Control.PublishStreamAsync("room", "news\n");

        Assert.Equal("open\nnews\n", await stream.ReadStreamAsync("news\n"));
        Assert.Equal("back", IssuerOf(await origin.NextRequestAsync("/stream")));
    }

    [Fact]
    public async Task SideBySide_OriginPublishesToBoth_ClientsOfBothHearIt()
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/stream", "stream", "room", "open\n");
        origin.OnHold("/poll", "response", "room", "nothing\n");
        await using IHoldingProxy old = await StartBackAsync(isPushpin: true, origin);
        await using IHoldingProxy ours = await StartBackAsync(isPushpin: false, origin);
        IHoldingProxy[] proxies = [old, ours];
        List<(RawHttp Stream, RawHttp Poll)> clients = [];
        foreach (IHoldingProxy proxy in proxies)
        {
            (RawHttp stream, RawHttp poll) = (await proxy.ConnectAsync(), await proxy.ConnectAsync());
            clients.Add((stream, poll));
            await stream.SendAsync(RawHttp.Get("/stream"));
            await stream.ReadHeadAsync();
            await poll.SendAsync(RawHttp.Get("/poll"));
            await proxy.SubscribedAsync("room", count: 2);
        }

        await using ChildProcess publisher = NodeScript.Start(
            "publish-both.mjs", ours.Control, arguments: ["room", "news\n", .. proxies.Select(proxy => $"http://127.0.0.1:{proxy.Control.Port}")]);
        await publisher.Output.WaitForAsync(line => line == "published");

        foreach ((RawHttp stream, RawHttp poll) in clients)
        {
            Assert.Equal("open\nnews\n", await stream.ReadStreamAsync("news\n"));
            Assert.Equal("news\n", (await poll.ReadResponseAsync()).Body);
            await stream.DisposeAsync();
            await poll.DisposeAsync();
        }
    }

    /// <summary>An origin that speaks GRIP and sends back what it gets, so that a client can make it say anything.</summary>
    private static TalkOrigin GripTalk(FakeOrigin origin, OriginKind kind)
    {
        NativeTalkOrigin native = new();
        OverHttpTalkOrigin overHttp = new();
        origin.On("/ws", context =>
        {
            context.Response.Headers["Sec-WebSocket-Extensions"] = "grip";
            return kind == OriginKind.Native ? native.AnswerAsync(context) : overHttp.AnswerAsync(context);
        });
        return kind == OriginKind.Native ? native : overHttp;
    }

    private static Task<IHoldingProxy> StartBackAsync(bool isPushpin, FakeOrigin origin, string trustedKey = FrontKey, string options = "") => StartAsync(
        isPushpin,
        new ProxySetup().Route($"* {origin.Address}{options}").Set("proxy", "sig_iss", "back").Set("proxy", "sig_key", "another").Set("proxy", "upstream_key", trustedKey),
        origin);

    private static Task<IHoldingProxy> StartFrontAsync(bool isPushpin, IHoldingProxy back, FakeOrigin origin, string options = "") => StartAsync(
        isPushpin, new ProxySetup().Route($"* {back.Address}{options}").Set("proxy", "sig_iss", "front").Set("proxy", "sig_key", FrontKey), origin);

    private static async Task<IHoldingProxy> StartAsync(bool isPushpin, ProxySetup setup, FakeOrigin origin) =>
        isPushpin ? await PushpinProcess.StartAsync(setup, origin) : await GripProxyProcess.StartAsync(setup);

    private static string? IssuerOf(SeenRequest request)
    {
        string token = request.Header("Grip-Sig") ?? throw new InvalidOperationException($"{request.Target} came without Grip-Sig");
        using JsonDocument claims = JsonDocument.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[1])));
        return claims.RootElement.GetProperty("iss").GetString();
    }
}
