using System.Net;
using System.Net.WebSockets;
using System.Text;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>WebSockets over HTTP/2 (RFC 8441) do what they do over HTTP/1.1.</summary>
public sealed class Http2Tests(ProxyWithListeners world) : IClassFixture<ProxyWithListeners>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static TheoryData<OriginKind, Transport> Cases => OriginKinds.With(Transport.TlsHttp2, Transport.PlainHttp2);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Message_PassesBothWays(OriginKind kind, Transport transport)
    {
        (string path, TalkOrigin origin) = world.Prepare(kind);
        using HttpClient client = world.Client(transport);
        using ClientWebSocket socket = await ConnectAsync(client, path);
        string text = TalkOrigin.TextOf(100_000);

        await SendAsync(socket, text);

        Assert.Equal(text, await ReadTextAsync(socket));
        Assert.Equal(text, (await origin.NextAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Handshake_PassesSubprotocolAndScheme(OriginKind kind, Transport transport)
    {
        (string path, TalkOrigin _) = world.Prepare(kind);
        using HttpClient client = world.Client(transport);

        using ClientWebSocket socket = await ConnectAsync(client, path, "chat");

        Assert.Equal("chat", socket.SubProtocol);
        SeenRequest seen = await world.Origin.NextRequestAsync(path);
        Assert.Equal(transport == Transport.TlsHttp2 ? "wss" : null, seen.Header("X-Forwarded-Proto"));
        Assert.Equal("chat", seen.Header("Sec-WebSocket-Protocol"));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task ClientClose_ReachesTheOriginAndIsAnswered(OriginKind kind, Transport transport)
    {
        (string path, TalkOrigin origin) = world.Prepare(kind);
        using HttpClient client = world.Client(transport);
        using ClientWebSocket socket = await ConnectAsync(client, path);

        await socket.CloseAsync((WebSocketCloseStatus)4003, "bye", CancellationToken.None).WaitAsync(s_patience);

        Assert.Equal((4003, "bye"), (await origin.LastAsync()).Status);
        Assert.Equal(((WebSocketCloseStatus)4003, "bye"), (socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task OriginClose_ReachesTheClient(OriginKind kind, Transport transport)
    {
        (string path, TalkOrigin origin) = world.Prepare(kind);
        using HttpClient client = world.Client(transport);
        using ClientWebSocket socket = await ConnectAsync(client, path);

        await SendAsync(socket, "@close 4004 enough");
        WebSocketReceiveResult close = await socket.ReceiveAsync(new byte[10], CancellationToken.None).WaitAsync(s_patience);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).WaitAsync(s_patience);

        Assert.Equal(((WebSocketCloseStatus)4004, "enough"), (close.CloseStatus, close.CloseStatusDescription));
        Assert.Equal("close", (await origin.LastAsync()).What);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task ClientAborts_OriginLearnsOfTheEnd_AndTheConnectionStays(OriginKind kind, Transport transport)
    {
        (string path, TalkOrigin origin) = world.Prepare(kind);
        (string otherPath, TalkOrigin _) = world.Prepare(kind);
        using HttpClient client = world.Client(transport);
        using ClientWebSocket socket = await ConnectAsync(client, path);
        using ClientWebSocket other = await ConnectAsync(client, otherPath);
        await SendAsync(socket, "here");
        Assert.Equal("here", await ReadTextAsync(socket));

        socket.Abort();

        Assert.Equal("end", (await origin.LastAsync()).What);
        await SendAsync(other, "still here");
        Assert.Equal("still here", await ReadTextAsync(other));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task OriginVanishes_OnlyThatWebSocketIsReset(OriginKind kind, Transport transport)
    {
        (string path, TalkOrigin _) = world.Prepare(kind);
        (string otherPath, TalkOrigin _) = world.Prepare(kind);
        using HttpClient client = world.Client(transport);
        using ClientWebSocket socket = await ConnectAsync(client, path);
        using ClientWebSocket other = await ConnectAsync(client, otherPath);

        await SendAsync(socket, "@drop");

        await Assert.ThrowsAnyAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[10], CancellationToken.None).WaitAsync(s_patience));
        await SendAsync(other, "still here");
        Assert.Equal("still here", await ReadTextAsync(other));
    }

    private static async Task<ClientWebSocket> ConnectAsync(HttpClient client, string path, string? protocol = null)
    {
        ClientWebSocket socket = new();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        if (protocol is not null)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        UriBuilder uri = new(client.BaseAddress!) { Path = path }; // the fixture sets it
        uri.Scheme = uri.Scheme == "https" ? "wss" : "ws";
        await socket.ConnectAsync(uri.Uri, client, CancellationToken.None).WaitAsync(s_patience);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WaitAsync(s_patience);

    private static async Task<string> ReadTextAsync(ClientWebSocket socket)
    {
        using MemoryStream text = new();
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(s_patience);
            Assert.Equal(WebSocketMessageType.Text, received.MessageType);
            text.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return Encoding.UTF8.GetString(text.ToArray());
            }
        }
    }
}
