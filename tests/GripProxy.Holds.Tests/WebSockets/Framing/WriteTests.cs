using System.Text;
using GripProxy.Holds.WebSockets;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets.Framing;

public sealed class WriteTests : IAsyncLifetime
{
    private SocketPair _sockets = null!;

    public async Task InitializeAsync() => _sockets = await SocketPair.ConnectAsync();

    public Task DisposeAsync()
    {
        _sockets.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(WebSocketPartKind.Text, true, true, 0x81)]
    [InlineData(WebSocketPartKind.Binary, true, true, 0x82)]
    [InlineData(WebSocketPartKind.Text, true, false, 0x01)]
    [InlineData(WebSocketPartKind.Binary, false, false, 0x00)]
    [InlineData(WebSocketPartKind.Text, false, true, 0x80)]
    [InlineData(WebSocketPartKind.Ping, true, true, 0x89)]
    [InlineData(WebSocketPartKind.Pong, true, true, 0x8A)]
    [InlineData(WebSocketPartKind.Close, true, true, 0x88)]
    public async Task WriteAsync_ToAClient_IsAnUnmaskedFrame(WebSocketPartKind kind, bool isFirst, bool isLast, int firstByte)
    {
        var client = new WebSocketClientConnection(_sockets.Ours);

        Assert.True(await client.WriteAsync(new WebSocketPart(kind, "hello"u8.ToArray(), isFirst, isLast)));

        Assert.Equal(Wire.Plain(firstByte, "hello"), await ReadAsync(7));
    }

    [Fact]
    public async Task WriteAsync_ToAnOrigin_IsMaskedWithANewKeyEachTime()
    {
        var origin = new WebSocketOriginConnection(_sockets.Ours);
        var content = "hello"u8.ToArray();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(await origin.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, content)));
            var frame = await ReadAsync(11);
            Assert.Equal([0x81, 0x85], frame[..2]);
            keys.Add(Convert.ToHexString(frame.AsSpan(2, 4)));
            Assert.Equal(content, frame[6..].Select((value, at) => (byte)(value ^ frame[2 + (at % 4)])));
        }

        Assert.Equal(20, keys.Count);
        Assert.Equal("hello"u8.ToArray(), content);
    }

    [Fact]
    public async Task WriteAsync_LongMessage_IsFragmented()
    {
        var client = new WebSocketClientConnection(_sockets.Ours);
        var content = Wire.Bytes(40_000);
        var writing = client.WriteAsync(new WebSocketPart(WebSocketPartKind.Binary, content));
        byte[] expected =
        [
            .. Wire.Plain(0x02, content.AsSpan(0, 16384)), .. Wire.Plain(0x00, content.AsSpan(16384, 16384)), .. Wire.Plain(0x80, content.AsSpan(32768)),
        ];

        Assert.Equal(expected, await ReadAsync(expected.Length));
        Assert.True(await writing);
    }

    [Theory]
    [InlineData(WebSocketPartKind.Ping)]
    [InlineData(WebSocketPartKind.Pong)]
    public async Task WriteAsync_ControlFrameThatIsTooLong_IsNotSent(WebSocketPartKind kind)
    {
        var client = new WebSocketClientConnection(_sockets.Ours);

        Assert.True(await client.WriteAsync(new WebSocketPart(kind, new byte[126])));
        Assert.True(await client.WriteAsync(new WebSocketPart(kind, new byte[125])));

        Assert.Equal(125, (await ReadAsync(127))[1]);
    }

    [Fact]
    public async Task WriteAsync_LongReasonOfAClose_IsCutBetweenCharacters()
    {
        var client = new WebSocketClientConnection(_sockets.Ours);
        byte[] content = [0x03, 0xE8, .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("é", 100)))];

        Assert.True(await client.WriteAsync(new WebSocketPart(WebSocketPartKind.Close, content)));

        Assert.Equal(Wire.Plain(0x88, content.AsSpan(0, 124)), await ReadAsync(126));
    }

    [Fact]
    public async Task WriteAsync_AfterAClose_ReachesNobody()
    {
        var client = new WebSocketClientConnection(_sockets.Ours);
        Assert.True(await client.WriteAsync(new WebSocketPart(WebSocketPartKind.Close, default)));

        Assert.False(await client.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, "late"u8.ToArray())));
        Assert.False(await client.WriteAsync(new WebSocketPart(WebSocketPartKind.Ping, new byte[126])));
        Assert.False(await client.SendAsync(Wire.Plain(0x81, "late")));

        Assert.Equal([0x88, 0x02, 0x03, 0xE8], await ReadAsync(4));
    }

    [Fact]
    public async Task WriteAsync_CloseWithoutCode_IsNormalForAClientAndStaysForAnOrigin()
    {
        await new WebSocketClientConnection(_sockets.Ours).WriteAsync(new WebSocketPart(WebSocketPartKind.Close, default));
        await new WebSocketOriginConnection(_sockets.Ours).WriteAsync(new WebSocketPart(WebSocketPartKind.Close, default));

        Assert.Equal([0x88, 0x02, 0x03, 0xE8], await ReadAsync(4));
        Assert.Equal([0x88, 0x80], await ReadAsync(2));
    }

    [Fact]
    public async Task WriteAsync_PeerIsGone_SaysSo()
    {
        var client = new WebSocketClientConnection(_sockets.Ours);
        _sockets.Theirs.Socket.Close(0);
        var writes = 0;
        while (await client.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, "hello"u8.ToArray())))
            Assert.True(++writes < 100_000, "A reset connection takes writes for ever.");
    }

    [Fact]
    public async Task SendAsync_FramedMessages_GoAsTheyAre()
    {
        var client = new WebSocketClientConnection(_sockets.Ours);
        byte[] joined =
        [
            .. client.Framing.Encode(WebSocketPartKind.Text, "one"u8.ToArray()).Span,
            .. client.Framing.Encode(WebSocketPartKind.Binary, "two"u8.ToArray()).Span,
        ];

        Assert.True(await client.SendAsync(joined));

        Assert.Equal((byte[])[.. Wire.Plain(0x81, "one"), .. Wire.Plain(0x82, "two")], await ReadAsync(10));
    }

    private async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await _sockets.Theirs.ReadExactlyAsync(bytes);
        return bytes;
    }
}
