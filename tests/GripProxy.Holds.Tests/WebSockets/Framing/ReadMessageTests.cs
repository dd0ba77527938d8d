using System.Text;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets.Framing;

public sealed class ReadMessageTests : IAsyncLifetime
{
    private SocketPair _sockets = null!;
    private WebSocketClientConnection _client = null!;

    public async Task InitializeAsync()
    {
        _sockets = await SocketPair.ConnectAsync();
        _client = new WebSocketClientConnection(_sockets.Ours);
    }

    public Task DisposeAsync()
    {
        _sockets.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(8191)]
    [InlineData(8192)]
    [InlineData(8193)]
    [InlineData(16384)]
    [InlineData(16385)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(1_000_003)]
    public async Task ReadAsync_MessageOfAnySize_IsWhole(int length)
    {
        var content = Wire.Bytes(length);
        var sending = _sockets.Theirs.WriteAsync((byte[])[.. Wire.Masked(0x82, content), .. Wire.Masked(0x81, "next")]);

        var (kind, read, _) = await Wire.ReadMessageAsync(_client);
        var next = await _client.ReadAsync();

        Assert.Equal(WebSocketPartKind.Binary, kind);
        Assert.Equal(content, read);
        Assert.Equal((WebSocketPartKind.Text, "next"), (next.Kind, Encoding.UTF8.GetString(next.Content.Span)));
        await sending;
    }

    [Fact]
    public async Task ReadAsync_FrameOfAGigabyte_PassesBeforeItsEnd()
    {
        byte[] header = [0x82, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0];
        await _sockets.Theirs.WriteAsync((byte[])[.. header, .. new byte[64 * 1024]]);

        var length = 0;
        var isFirst = true;
        while (length < 7 * 8192)
        {
            var part = await _client.ReadAsync();
            Assert.Equal((WebSocketPartKind.Binary, isFirst, false), (part.Kind, part.IsFirst, part.IsLast));
            Assert.InRange(part.Content.Length, 1, 16 * 1024);
            length += part.Content.Length;
            isFirst = false;
        }
    }

    [Fact]
    public async Task ReadAsync_ShortFrameThatArrivesByteByByte_IsOnePart()
    {
        var client = new WebSocketClientConnection(ChunkStream.Of(1, Wire.Masked(0x81, new string('a', 500))));

        var part = await client.ReadAsync();

        Assert.Equal((500, true, true), (part.Content.Length, part.IsFirst, part.IsLast));
    }

    [Fact]
    public async Task ReadAsync_LongFrameAndFragments_SayWhereFramesEnd()
    {
        await _sockets.Theirs.WriteAsync((byte[])[.. Wire.Masked(0x01, Wire.Bytes(20_000).Select(b => (byte)(b & 0x3F)).ToArray()), .. Wire.Masked(0x80, "ted")]);

        var frame = 0;
        while (frame < 20_000)
        {
            var part = await _client.ReadAsync();
            frame += part.Content.Length;
            Assert.Equal(frame == 20_000, part.EndsFrame);
        }

        Assert.True((await _client.ReadAsync()).EndsFrame);
    }

    [Fact]
    public async Task ReadAsync_Fragments_AreParts()
    {
        await _sockets.Theirs.WriteAsync((byte[])[.. Wire.Masked(0x01, "frag"), .. Wire.Masked(0x00, "men"), .. Wire.Masked(0x80, "ted")]);

        var (kind, content, parts) = await Wire.ReadMessageAsync(_client);

        Assert.Equal((WebSocketPartKind.Text, "fragmented", 3), (kind, Encoding.UTF8.GetString(content), parts));
    }

    [Fact]
    public async Task ReadAsync_EmptyFragments_AreNoPartsInTheMiddle()
    {
        await _sockets.Theirs.WriteAsync(
            (byte[])[.. Wire.Masked(0x01), .. Wire.Masked(0x00), .. Wire.Masked(0x00), .. Wire.Masked(0x00, "x"), .. Wire.Masked(0x80)]);

        var (_, content, parts) = await Wire.ReadMessageAsync(_client);

        Assert.Equal(("x", 3), (Encoding.UTF8.GetString(content), parts));
    }

    [Fact]
    public async Task ReadAsync_ControlFramesBetweenFragments_AreInTheirPlaces()
    {
        await _sockets.Theirs.WriteAsync(
            (byte[])
            [
                .. Wire.Masked(0x01, "one"), .. Wire.Masked(0x89, "ping"), .. Wire.Masked(0x8A, "pong"), .. Wire.Masked(0x80, "two"),
                .. Wire.Masked(0x88, 0x03, 0xE8),
            ]);

        var seen = new List<string>();
        WebSocketPart part;
        do
        {
            part = await _client.ReadAsync();
            seen.Add($"{part.Kind} {Encoding.UTF8.GetString(part.Content.Span)} {part.IsFirst} {part.IsLast}");
        }
        while (part.Kind != WebSocketPartKind.Close);

        Assert.Equal(["Text one True False", "Ping ping True True", "Pong pong True True", "Text two False True"], seen[..4]);
        Assert.Equal(1000, Wire.CodeOf(part));
    }

    [Fact]
    public async Task ReadAsync_ControlFrameWithLongestContent_IsWhole()
    {
        var content = Wire.Bytes(125);
        await _sockets.Theirs.WriteAsync(Wire.Masked(0x89, content));

        var part = await _client.ReadAsync();

        Assert.Equal(WebSocketPartKind.Ping, part.Kind);
        Assert.Equal(content, part.Content.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public async Task ReadAsync_HoweverTheBytesArrive_PartsAreTheSame(int chunkSize)
    {
        var text = string.Concat(Enumerable.Repeat("Ωñ€😀", 3000));
        var bytes = Encoding.UTF8.GetBytes(text);
        var origin = new WebSocketOriginConnection(ChunkStream.Of(
            chunkSize, Wire.Plain(0x01, bytes.AsSpan(0, 10_001)), Wire.Plain(0x89), Wire.Plain(0x80, bytes.AsSpan(10_001)), Wire.Plain(0x88)));
        var read = new MemoryStream();
        var pings = 0;
        WebSocketPart part;
        while ((part = await origin.ReadAsync()).Kind != WebSocketPartKind.Close)
        {
            pings += part.Kind == WebSocketPartKind.Ping ? 1 : 0;
            read.Write(part.Content.Span);
        }

        Assert.Equal(text, Encoding.UTF8.GetString(read.ToArray()));
        Assert.Equal((1, 0), (pings, part.Content.Length));
    }
}
