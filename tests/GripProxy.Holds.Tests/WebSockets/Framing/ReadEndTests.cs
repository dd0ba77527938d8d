using System.Net.Sockets;
using GripProxy.Holds.WebSockets;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets.Framing;

public sealed class ReadEndTests
{
    [Theory]
    [InlineData("")]
    [InlineData("81")]
    [InlineData("818512345678AA")]
    [InlineData("01811234567873")]
    [InlineData("8985")]
    public async Task ReadAsync_EndWithoutClose_IsLost(string hex)
    {
        using var sockets = await SocketPair.ConnectAsync();
        var client = new WebSocketClientConnection(sockets.Ours);
        await sockets.Theirs.WriteAsync(Convert.FromHexString(hex));
        sockets.Theirs.Socket.Shutdown(SocketShutdown.Send);

        Assert.Equal(WebSocketPartKind.Lost, (await Wire.ReadToEndAsync(client)).Kind);
        Assert.Equal(WebSocketPartKind.Lost, (await client.ReadAsync()).Kind);
    }

    [Fact]
    public async Task ReadAsync_Reset_IsLost()
    {
        using var sockets = await SocketPair.ConnectAsync();
        var client = new WebSocketClientConnection(sockets.Ours);
        var reading = client.ReadAsync();
        sockets.Theirs.Socket.Close(0);

        Assert.Equal(WebSocketPartKind.Lost, (await reading).Kind);
    }

    [Fact]
    public async Task ReadAsync_AfterClose_NothingComes()
    {
        using var sockets = await SocketPair.ConnectAsync();
        var client = new WebSocketClientConnection(sockets.Ours);
        await sockets.Theirs.WriteAsync((byte[])[.. Wire.Masked(0x88, 0x0F, 0xA0, (byte)'b', (byte)'y', (byte)'e'), .. Wire.Masked(0x81, "more")]);

        var close = await client.ReadAsync();

        Assert.Equal(WebSocketPartKind.Close, close.Kind);
        Assert.Equal(WebSocketPartKind.Lost, (await client.ReadAsync()).Kind);
        Assert.Equal((byte[])[0x0F, 0xA0, (byte)'b', (byte)'y', (byte)'e'], close.Content.ToArray());
    }

    [Fact]
    public async Task Abort_WhileReading_EndsTheRead()
    {
        using var sockets = await SocketPair.ConnectAsync();
        foreach (var peer in new IWebSocketPeer[] { new WebSocketClientConnection(sockets.Ours), new WebSocketOriginConnection(sockets.Ours) })
        {
            var reading = peer.ReadAsync();

            peer.Abort();
            peer.Abort();

            Assert.Equal(WebSocketPartKind.Lost, (await reading).Kind);
        }
    }

    [Fact]
    public async Task Abort_WhileTheClientDoesNotRead_EndsTheWrite()
    {
        using var sockets = await SocketPair.ConnectAsync();
        var client = new WebSocketClientConnection(sockets.Ours);
        var message = PlainFraming.Instance.Encode(WebSocketPartKind.Binary, new byte[100_000]);
        Task<bool> sending;
        while ((sending = client.SendAsync(message).AsTask()).IsCompleted)
            Assert.True(await sending);

        client.Abort();

        Assert.False(await sending);
        Assert.False(await client.SendAsync(message));
        Assert.False(await client.WriteAsync(new WebSocketPart(WebSocketPartKind.Ping, default)));
    }

    [Fact]
    public async Task Abort_WithAWayOfItsOwn_UsesIt()
    {
        using var sockets = await SocketPair.ConnectAsync();
        var cuts = 0;
        var client = new WebSocketClientConnection(sockets.Ours, abort: () => cuts++);

        client.Abort();

        Assert.Equal(1, cuts);
    }

    [Fact]
    public async Task ReadAsync_BetweenMessages_HoldsNoMemory()
    {
        using var sockets = await SocketPair.ConnectAsync();
        var recorded = new ReadSizes(sockets.Ours.Socket);
        var client = new WebSocketClientConnection(recorded);
        for (var i = 0; i < 3; i++)
        {
            var reading = client.ReadAsync();
            Assert.Equal(0, recorded.Last);
            await sockets.Theirs.WriteAsync(Wire.Masked(0x81, "hello"));
            Assert.Equal(5, (await reading).Content.Length);
        }
    }

    private sealed class ReadSizes(Socket socket) : NetworkStream(socket)
    {
        public int Last { get; private set; } = -1;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Last = buffer.Length;
            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
