using System.Net;
using System.Net.WebSockets;
using System.Text;
using GripProxy.Proxy.Listeners;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Proxy.Tests.Listeners.Http2;

public sealed class Http2WebSocketsTests
{
    [Fact]
    public async Task Handshake_OverHttp2_LooksLikeOneOverHttp1()
    {
        await using var server = await StartAsync(EchoAsync);
        using var socket = await ConnectAsync(server);

        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(ClientServer.Patience);

        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    [Theory]
    [InlineData(403, "403")]
    [InlineData(200, "502")]
    public async Task Handshake_Refused_IsNoSuccess(int code, string seen)
    {
        await using var server = await StartAsync(context =>
        {
            context.Response.StatusCode = code;
            return context.Response.WriteAsync("no");
        });

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(server));

        Assert.Contains(seen, refused.ToString(), StringComparison.Ordinal);
    }

    private static Task<ClientServer> StartAsync(RequestDelegate handler) =>
        ClientServer.StartAsync(new ClientListenerOptions { Listen = [ClientServer.AnyPort], Http2PriorKnowledge = true }, handler);

    private static async Task<ClientWebSocket> ConnectAsync(ClientServer server)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var client = ClientServer.Client(server.Address, HttpVersion.Version20);
        await socket.ConnectAsync(new Uri("ws://a.example/ws"), client, CancellationToken.None).WaitAsync(ClientServer.Patience);
        return socket;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        var request = context.Request;
        Assert.Equal(
            ("GET", "/ws", "websocket", "13", 24, false),
            (request.Method, request.Path.Value, request.Headers.Upgrade.ToString(), request.Headers.SecWebSocketVersion.ToString(),
                request.Headers.SecWebSocketKey.ToString().Length, context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody));
        context.Response.StatusCode = StatusCodes.Status101SwitchingProtocols;
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers["Sec-WebSocket-Accept"] = "x";
        await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
        await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, endOfMessage: true, context.RequestAborted);
    }
}
