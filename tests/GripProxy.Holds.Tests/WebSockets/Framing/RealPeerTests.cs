using System.Net.WebSockets;
using System.Text;
using GripProxy.Holds.WebSockets;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets.Framing;

/// <summary>Talks with the framework's WebSockets, in both roles, with and without compression.</summary>
public sealed class RealPeerTests : IAsyncLifetime
{
    private static readonly int[] s_sizes = [0, 1, 125, 126, 127, 128, 8192, 16384, 65535, 65536, 300_000];

    private SocketPair _sockets = null!;

    public async Task InitializeAsync() => _sockets = await SocketPair.ConnectAsync();

    public Task DisposeAsync()
    {
        _sockets.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Relay_OfAllSizes_ComesBackEqual(bool toOrigin, bool deflate)
    {
        var (peer, real) = Open(toOrigin, deflate);
        var echoing = EchoAsync(peer);
        foreach (var size in s_sizes)
        {
            foreach (var content in new[] { Wire.Bytes(size), new byte[size] })
            {
                await SendInFragmentsAsync(real, content);
                Assert.Equal(content, await ReceiveAsync(real));
            }
        }

        await real.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None);
        Assert.True(await echoing);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SendAsync_EncodedMessages_ArriveAtARealClient(bool deflate)
    {
        var (peer, real) = Open(toOrigin: false, deflate);
        var client = (WebSocketClientConnection)peer;
        foreach (var size in s_sizes)
        {
            var content = Encoding.ASCII.GetBytes(new string('x', size));
            var sending = client.SendAsync(client.Framing.Encode(WebSocketPartKind.Text, content));

            Assert.Equal(content, await ReceiveAsync(real));
            Assert.True(await sending);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WriteAsync_PingBetweenFragments_IsAnsweredByTheRealPeer(bool toOrigin)
    {
        var (peer, real) = Open(toOrigin, deflate: true);
        var receiving = ReceiveAsync(real);
        await peer.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, "one"u8.ToArray(), IsLast: false));
        await peer.WriteAsync(new WebSocketPart(WebSocketPartKind.Ping, "are you there"u8.ToArray()));
        await peer.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, default, IsFirst: false, IsLast: false));
        await peer.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, "two"u8.ToArray(), IsFirst: false, IsLast: false));
        await peer.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, default, IsFirst: false));

        var pong = await peer.ReadAsync();

        Assert.Equal((WebSocketPartKind.Pong, "are you there"), (pong.Kind, Encoding.UTF8.GetString(pong.Content.Span)));
        Assert.Equal("onetwo"u8.ToArray(), await receiving);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Close_OfEitherSide_HasCodeAndReason(bool toOrigin)
    {
        var (peer, real) = Open(toOrigin, deflate: false);
        var closing = real.CloseAsync((WebSocketCloseStatus)4321, "göne", CancellationToken.None);

        var close = await peer.ReadAsync();
        Assert.Equal(WebSocketPartKind.Close, close.Kind);
        Assert.Equal(new WebSocketClose(4321, "göne"), WebSocketClose.Read(close.Content.Span));

        await peer.WriteAsync(new WebSocketPart(WebSocketPartKind.Close, new WebSocketClose(1013, "too slow").ToContent()));
        await closing;
        Assert.Equal((1013, "too slow"), ((int?)real.CloseStatus, real.CloseStatusDescription));
    }

    private (IWebSocketPeer Peer, WebSocket Real) Open(bool toOrigin, bool deflate)
    {
        var options = new WebSocketCreationOptions
        {
            IsServer = toOrigin,
            DangerousDeflateOptions = !deflate ? null : new WebSocketDeflateOptions { ClientContextTakeover = false, ServerContextTakeover = false },
        };
        var real = WebSocket.CreateFromStream(_sockets.Theirs, options);
        return toOrigin
            ? (new WebSocketOriginConnection(_sockets.Ours, deflate), real)
            : (new WebSocketClientConnection(_sockets.Ours, deflate: deflate), real);
    }

    private static async Task<bool> EchoAsync(IWebSocketPeer peer)
    {
        while (true)
        {
            var part = await peer.ReadAsync();
            if (!await peer.WriteAsync(part) || part.Kind == WebSocketPartKind.Close)
                return part.Kind == WebSocketPartKind.Close;
        }
    }

    private static async Task SendInFragmentsAsync(WebSocket real, byte[] content)
    {
        var cut = content.Length / 3;
        await real.SendAsync(content.AsMemory(0, cut), WebSocketMessageType.Binary, endOfMessage: false, CancellationToken.None);
        await real.SendAsync(content.AsMemory(cut), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
    }

    private static async Task<byte[]> ReceiveAsync(WebSocket real)
    {
        var content = new MemoryStream();
        var buffer = new byte[5000];
        while (true)
        {
            var result = await real.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            content.Write(buffer, 0, result.Count);
            if (result.EndOfMessage)
                return content.ToArray();
        }
    }
}
