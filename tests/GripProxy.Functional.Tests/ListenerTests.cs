using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using GripProxy.Functional.Tests.Fixture;

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
    [InlineData(Transport.Tls)]
    [InlineData(Transport.TlsHttp2)]
    [InlineData(Transport.PlainHttp2)]
    [InlineData(Transport.Unix)]
    public async Task WebSocket_OverEach_PassesBothWaysAndCloses(Transport transport)
    {
        (string path, TalkOrigin _) = world.Prepare(OriginKind.Native);
        using HttpClient client = world.Client(transport);
        using ClientWebSocket socket = new();
        socket.Options.HttpVersion = client.DefaultRequestVersion;
        socket.Options.HttpVersionPolicy = client.DefaultVersionPolicy;
        UriBuilder uri = new(client.BaseAddress!) { Path = path }; // the fixture sets it
        uri.Scheme = uri.Scheme == "https" ? "wss" : "ws";
        await socket.ConnectAsync(uri.Uri, client, CancellationToken.None).WaitAsync(s_patience);
        byte[] text = Encoding.UTF8.GetBytes(TalkOrigin.TextOf(100_000));

        await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WaitAsync(s_patience);

        byte[] received = new byte[text.Length];
        int count = 0;
        while (count < received.Length)
        {
            count += (await socket.ReceiveAsync(received.AsMemory(count), CancellationToken.None).AsTask().WaitAsync(s_patience)).Count;
        }

        Assert.Equal(text, received);
        await socket.CloseAsync((WebSocketCloseStatus)4003, "bye", CancellationToken.None).WaitAsync(s_patience);
        Assert.Equal(((WebSocketCloseStatus)4003, "bye"), (socket.CloseStatus, socket.CloseStatusDescription));
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
