using System.Net;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Origin;
using GripProxy.Protocol.WebSockets;
using GripProxy.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>An application that answers WebSockets with GripProxy.Origin, behind the built program.</summary>
public sealed class OriginEndpointTests(OriginEndpointTests.World world) : IClassFixture<OriginEndpointTests.World>
{
    [Fact]
    public async Task Clients_OfARoom_HearWhatOneSays()
    {
        await using RawWebSocket first = await OpenAsync("/room/talk");
        await using RawWebSocket second = await OpenAsync("/room/talk");
        await world.Proxy.SubscribedAsync("talk", count: 2);

        await first.SendTextAsync("c:{} is text here");

        Assert.Equal("c:{} is text here", await first.ReadTextAsync());
        Assert.Equal("c:{} is text here", await second.ReadTextAsync());
    }

    [Fact]
    public async Task Open_WithASubprotocol_IsAnsweredWithIt()
    {
        await using RawWebSocket client = await OpenAsync("/room/protocols", "Sec-WebSocket-Protocol: chat.v2, chat.v1");

        Assert.Equal("chat.v2", client.AnswerHeader("Sec-WebSocket-Protocol"));
    }

    [Fact]
    public async Task Reject_OfAClient_IsWhatItGets()
    {
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync("GET /room/closed HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

        RawResponse answer = await client.ReadResponseAsync();

        Assert.Equal((403, "closed"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task ConnectionMeta_SetOnce_ComesBackWithEachRequest()
    {
        await using RawWebSocket client = await OpenAsync("/room/meta");

        await client.SendTextAsync("count");
        Assert.Equal("1", await client.ReadTextAsync());
        await client.SendTextAsync("count");
        Assert.Equal("2", await client.ReadTextAsync());
    }

    [Fact]
    public async Task PingAndClose_OfTheClient_AreAnsweredWithoutTheHandler()
    {
        await using RawWebSocket client = await OpenAsync("/room/end");

        await client.SendAsync(new RawFrame(RawFrame.PingCode, "p1"u8.ToArray()));
        RawFrame pong = await client.ReadFrameAsync();
        Assert.Equal((RawFrame.PongCode, "p1"), (pong.Opcode, pong.Text));

        await client.SendCloseAsync(4000, "done");
        Assert.Equal((4000, ""), await client.ReadCloseAsync());
        await client.ReadEndAsync();
    }

    [Fact]
    public async Task Close_OfTheHandler_ReachesTheClient()
    {
        await using RawWebSocket client = await OpenAsync("/room/close");

        await client.SendTextAsync("close");

        Assert.Equal((4001, "as you wish"), await client.ReadCloseAsync());
    }

    [Fact]
    public async Task Subscribe_WithPrevId_IsAskedForWhatWasMissed()
    {
        await using RawWebSocket client = await OpenAsync("/room/careful");
        await world.Proxy.SubscribedAsync("careful");

        await PublishAsync(new GripItem("careful") { Id = "2", PrevId = "1" }.WithWebSocketMessage("two"));
        Assert.Equal("two", await client.ReadTextAsync());
        await PublishAsync(new GripItem("careful") { Id = "5", PrevId = "4", NoSequence = true }.WithWebSocketMessage("five"));

        Assert.Equal("missed after 2", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Refresh_Published_AsksTheHandler()
    {
        await using RawWebSocket client = await OpenAsync("/room/refresh");
        await world.Proxy.SubscribedAsync("refresh");

        await PublishAsync(new GripItem("refresh").WithWebSocketRefresh());

        Assert.Equal("nothing happened", await client.ReadTextAsync());
    }

    private Task<RawWebSocket> OpenAsync(string path, params string[] headers) => RawWebSocket.ConnectAsync(world.Proxy.Client, path, headers);

    private async Task PublishAsync(GripItem item)
    {
        PublishResult result = await world.Publisher.PublishAsync(item, CancellationToken.None);
        Assert.True(result.Succeeded, result.ToString());
    }

    public sealed class World : IAsyncLifetime
    {
        private WebApplication _origin = null!; // by InitializeAsync

        /// <summary>Set before any test runs.</summary>
        public GripProxyProcess Proxy { get; private set; } = null!; // by InitializeAsync

        /// <summary>Set before any test runs.</summary>
        public GripPublisher Publisher { get; private set; } = null!; // by InitializeAsync

        public async Task InitializeAsync()
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            builder.Services.AddGrip(grip => grip.SigKey = "changeme");
            _origin = builder.Build();
            _origin.MapGripWebSocket("/room/{room}", AnswerAsync);
            await _origin.StartAsync();
            Proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {new Uri(_origin.Urls.First()).Authority},over_http"));
            Publisher = new GripPublisher([GripEndpoint.Parse($"http://127.0.0.1:{Proxy.Control.Port}/")]);
        }

        public async Task DisposeAsync()
        {
            Publisher.Dispose();
            await Proxy.DisposeAsync();
            await _origin.DisposeAsync();
        }

        private async Task AnswerAsync(GripWebSocket socket, HttpRequest request, string room, CancellationToken cancellationToken)
        {
            if (socket.IsOpening)
            {
                Open(socket, room);
                return;
            }

            if (request.Grip().LastIds.TryGetValue(room, out string? last))
            {
                socket.Send($"missed after {last}");
                socket.Subscribe(room, "5");
            }
            else if (socket.Events.Count == 0)
            {
                socket.Send("nothing happened");
            }

            foreach (WebSocketEvent happened in socket.Events.Where(happened => happened.Type == WebSocketEventType.Text))
            {
                await TakeAsync(socket, room, happened.Text, cancellationToken);
            }
        }

        private static void Open(GripWebSocket socket, string room)
        {
            if (room == "closed")
            {
                socket.Reject(StatusCodes.Status403Forbidden, "closed");
                return;
            }

            socket.Accept(socket.Protocols.Count > 0 ? socket.Protocols[0] : null);
            socket.Subscribe(room, room == "careful" ? "1" : null);
            socket.SetConnectionMeta("Count", "0");
        }

        private async Task TakeAsync(GripWebSocket socket, string room, string text, CancellationToken cancellationToken)
        {
            switch (text)
            {
                case "count":
                    string count = (int.Parse(socket.ConnectionMeta["Count"]) + 1).ToString();
                    socket.SetConnectionMeta("Count", count);
                    socket.Send(count);
                    break;
                case "close":
                    socket.Close(4001, "as you wish");
                    break;
                default:
                    await Publisher.PublishAsync(new GripItem(room).WithWebSocketMessage(text), cancellationToken);
                    break;
            }
        }
    }
}
