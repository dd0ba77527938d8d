using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Functional.Tests;

/// <summary>Requests and holds over every kind of client listener (CFG-11, CFG-20, own-config.md [client]).</summary>
public sealed class ListenerTests(ProxyWithListeners world) : IClassFixture<ProxyWithListeners>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(Transport.Tls, "https")]
    [InlineData(Transport.TlsHttp2, "https")]
    [InlineData(Transport.PlainHttp2, null)]
    [InlineData(Transport.Unix, null)]
    public async Task Request_OverEach_ReachesTheOriginWithItsScheme(Transport transport, string? scheme)
    {
        string path = $"/plain-{transport}";
        world.Origin.OnText(path, "plain");
        using HttpClient client = world.Client(transport);

        Assert.Equal("plain", await client.GetStringAsync(path));

        SeenRequest request = await world.Origin.NextRequestAsync(path);
        Assert.Equal("example.test", request.Header("Host"));
        Assert.Equal(scheme, request.Header("X-Forwarded-Proto"));
        Assert.Equal(scheme, request.Header("X-Forwarded-Protocol"));
    }

    [Theory]
    [InlineData(Transport.Tls)]
    [InlineData(Transport.TlsHttp2)]
    [InlineData(Transport.PlainHttp2)]
    [InlineData(Transport.Unix)]
    public async Task ResponseHold_OverEach_IsAnswered(Transport transport)
    {
        string channel = $"poll-{transport}";
        world.Origin.OnHold("/" + channel, "response", channel, "nothing yet");
        using HttpClient client = world.Client(transport);
        Task<string> answer = client.GetStringAsync("/" + channel);
        await world.Proxy.SubscribedAsync(channel);

        await world.Proxy.Control.PublishResponseAsync(channel, "news");

        Assert.Equal("news", await answer);
    }

    [Theory]
    [InlineData(Transport.Tls)]
    [InlineData(Transport.TlsHttp2)]
    [InlineData(Transport.PlainHttp2)]
    [InlineData(Transport.Unix)]
    public async Task StreamHold_OverEach_IsFedAndEnds(Transport transport)
    {
        string channel = $"stream-{transport}";
        world.Origin.OnHold("/" + channel, "stream", channel, "go\n");
        using HttpClient client = world.Client(transport);
        using HeldStream stream = await HeldStream.OpenAsync(client, "/" + channel);
        Assert.Equal("go", await stream.ReadLineAsync());
        await world.Proxy.SubscribedAsync(channel);

        await world.Proxy.Control.PublishStreamAsync(channel, "one\n");
        Assert.Equal("one", await stream.ReadLineAsync());
        await world.Proxy.Control.PublishStreamAsync(channel, "two\n");
        Assert.Equal("two", await stream.ReadLineAsync());
        await world.Proxy.Control.CloseStreamsAsync(channel);

        Assert.Null(await stream.ReadLineAsync());
    }

    [Theory]
    [InlineData(Transport.TlsHttp2)]
    [InlineData(Transport.PlainHttp2)]
    public async Task StreamHolds_OnOneConnection_OutliveTheResetOfOne(Transport transport)
    {
        string channel = $"many-{transport}";
        world.Origin.OnHold("/" + channel, "stream", channel, "go\n");
        world.Origin.OnHold("/poll-" + channel, "response", channel, "");
        using HttpClient client = world.Client(transport);
        using HeldStream first = await HeldStream.OpenAsync(client, "/" + channel);
        HeldStream second = await HeldStream.OpenAsync(client, "/" + channel);
        using HeldStream third = await HeldStream.OpenAsync(client, "/" + channel);
        Task<string> poll = client.GetStringAsync("/poll-" + channel);
        await world.Proxy.SubscribedAsync(channel, 4);

        second.Dispose();
        await world.Proxy.Control.PublishStreamAsync(channel, "on\n");

        foreach (HeldStream stream in new[] { first, third })
        {
            Assert.Equal("go", await stream.ReadLineAsync());
            Assert.Equal("on", await stream.ReadLineAsync());
        }

        await world.Proxy.Control.PublishResponseAsync(channel, "answer");
        Assert.Equal("answer", await poll);
    }

    [Fact]
    public async Task StreamHold_ManyBytesOverHttp2_ArriveInOrder()
    {
        world.Origin.OnHold("/flood", "stream", "flood", "go\n");
        using HttpClient client = world.Client(Transport.TlsHttp2);
        using HeldStream stream = await HeldStream.OpenAsync(client, "/flood");
        Assert.Equal("go", await stream.ReadLineAsync());
        await world.Proxy.SubscribedAsync("flood");
        string filler = new('x', 8000);

        // More than the windows of a stream and of a connection, less at once than a queue may hold.
        for (int i = 0; i < 300; i++)
        {
            await world.Proxy.Control.PublishStreamAsync("flood", string.Create(CultureInfo.InvariantCulture, $"{i} {filler}\n"));
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{i} {filler}"), await stream.ReadLineAsync());
        }
    }

    [Theory]
    [InlineData(Transport.TlsHttp2)]
    [InlineData(Transport.PlainHttp2)]
    public async Task WebSocket_OverHttp2_ReachesTheOrigin(Transport transport)
    {
        string path = $"/ws-{transport}";
        world.Origin.On(path, EchoAsync);
        using HttpClient client = world.Client(transport);
        using ClientWebSocket socket = new();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        UriBuilder uri = new(client.BaseAddress!) { Path = path }; // the fixture sets it
        uri.Scheme = uri.Scheme == "https" ? "wss" : "ws";
        await socket.ConnectAsync(uri.Uri, client, CancellationToken.None).WaitAsync(s_patience);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        byte[] buffer = new byte[100];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(s_patience);

        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
        Assert.Equal("Upgrade", (await world.Origin.NextRequestAsync(path)).Header("Connection"));
    }

    [Fact]
    public async Task Stop_HoldsOverHttp2_EndsInTime()
    {
        ProxySetup setup = new ProxySetup().Set("client", "h2c", "true").Route($"* {world.Origin.Address}");
        world.Origin.OnHold("/stop", "stream", "stop", "go\n");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(setup);
        using HttpClient client = new()
        {
            BaseAddress = new Uri($"http://{proxy.Client}"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HeldStream stream = await HeldStream.OpenAsync(client, "/stop");
        Assert.Equal("go", await stream.ReadLineAsync());
        await proxy.SubscribedAsync("stop");

        Assert.Equal(0, await proxy.StopAsync().WaitAsync(TimeSpan.FromSeconds(5)));
    }

    private static async Task EchoAsync(HttpContext context)
    {
        string accept = context.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
#pragma warning disable CA5350 // The handshake of RFC 6455 says so.
        context.Response.Headers["Sec-WebSocket-Accept"] = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(accept)));
#pragma warning restore CA5350
        context.Response.StatusCode = StatusCodes.Status101SwitchingProtocols;
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.Upgrade = "websocket";
        await using Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        byte[] buffer = new byte[100];
        ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
        await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, endOfMessage: true, context.RequestAborted);
    }

    /// <summary>An answer that goes on, line by line.</summary>
    private sealed class HeldStream(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        public static async Task<HeldStream> OpenAsync(HttpClient client, string path)
        {
            HttpResponseMessage response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return new HeldStream(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        }

        public Task<string?> ReadLineAsync() => reader.ReadLineAsync().WaitAsync(s_patience);

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }
    }
}
