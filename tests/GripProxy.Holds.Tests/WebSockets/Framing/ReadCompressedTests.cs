using System.Text;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets.Framing;

public sealed class ReadCompressedTests
{
    // The examples of RFC 7692 §7.2.3.
    [Theory]
    [InlineData("one block", "C107 F248CDC9C90700")]
    [InlineData("two fragments", "4103 F248CD 8004 C9C90700")]
    [InlineData("without compression", "C10B 000500FAFF48656C6C6F00")]
    [InlineData("final block", "C108 F348CDC9C9070000")]
    [InlineData("two blocks", "C10D F24805000000FFFFCAC9C90700")]
    [InlineData("not compressed", "8105 48656C6C6F")]
    public async Task ReadAsync_ExamplesOfTheRfc_SayHello(string what, string hex)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        foreach (var chunkSize in new[] { 1, 3, 1000 })
        {
            var origin = new WebSocketOriginConnection(ChunkStream.Of(chunkSize, bytes, bytes, Wire.Plain(0x88)), deflate: true);

            for (var i = 0; i < 2; i++)
            {
                var (kind, content, _) = await Wire.ReadMessageAsync(origin);
                Assert.Equal((what, WebSocketPartKind.Text, "Hello"), (what, kind, Encoding.UTF8.GetString(content)));
            }

            Assert.Equal(WebSocketPartKind.Close, (await origin.ReadAsync()).Kind);
        }
    }

    [Fact]
    public async Task ReadAsync_EmptyMessage_IsEmpty()
    {
        var origin = new WebSocketOriginConnection(ChunkStream.Of(100, Wire.Plain(0xC1, 0x00), Wire.Plain(0x81, "next")), deflate: true);

        Assert.Equal((WebSocketPartKind.Text, 0, true, true), Describe(await origin.ReadAsync()));
        Assert.Equal((WebSocketPartKind.Text, 4, true, true), Describe(await origin.ReadAsync()));
    }

    [Fact]
    public async Task ReadAsync_PingBetweenCompressedFragments_IsInItsPlace()
    {
        var origin = new WebSocketOriginConnection(
            ChunkStream.Of(100, Convert.FromHexString("4103F248CD"), Wire.Plain(0x89, "ping"), Convert.FromHexString("8004C9C90700")), deflate: true);

        var kinds = new List<WebSocketPartKind>();
        WebSocketPart part;
        var text = "";
        do
        {
            part = await origin.ReadAsync();
            kinds.Add(part.Kind);
            text += Encoding.UTF8.GetString(part.Content.Span);
        }
        while (!part.IsMessage || !part.IsLast);

        Assert.Equal([WebSocketPartKind.Text, WebSocketPartKind.Ping, WebSocketPartKind.Text], kinds);
        Assert.StartsWith("H", text, StringComparison.Ordinal);
        Assert.Equal("Hello", text.Replace("ping", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("C102 0700")]
    [InlineData("C105 FFFFFFFFFF")]
    [InlineData("C105 0005000000")]
    public async Task ReadAsync_NotCompressedData_IsAFault(string hex)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var origin = new WebSocketOriginConnection(ChunkStream.Of(100, bytes, Wire.Plain(0x81, "next")), deflate: true);

        var end = await Wire.ReadToEndAsync(origin);

        Assert.Equal((WebSocketPartKind.Violation, 1007), (end.Kind, Wire.CodeOf(end)));
    }

    [Fact]
    public async Task ReadAsync_CompressedTextThatIsNotUtf8_IsAFault()
    {
        var framed = DeflateFraming.Instance.Encode(WebSocketPartKind.Text, Wire.Bytes(1000)).ToArray();

        var end = await Wire.ReadToEndAsync(new WebSocketOriginConnection(ChunkStream.Of(100, framed), deflate: true));

        Assert.Equal((WebSocketPartKind.Violation, 1007), (end.Kind, Wire.CodeOf(end)));
    }

    [Fact]
    public async Task ReadAsync_MessageThatExpands_ComesInPieces()
    {
        var content = new byte[20_000_000];
        var framed = DeflateFraming.Instance.Encode(WebSocketPartKind.Binary, content).ToArray();
        Assert.True(framed.Length < 40_000);
        var origin = new WebSocketOriginConnection(ChunkStream.Of(1_000_000, framed), deflate: true);

        long length = 0;
        WebSocketPart part;
        do
        {
            part = await origin.ReadAsync();
            Assert.InRange(part.Content.Length, 0, 16 * 1024);
            Assert.Equal(length == 0, part.IsFirst);
            length += part.Content.Length;
        }
        while (!part.IsLast);

        Assert.Equal(content.Length, length);
    }

    [Theory]
    [InlineData(100_000, WebSocketPartKind.Close)]
    [InlineData(100_001, WebSocketPartKind.Violation)]
    [InlineData(20_000_000, WebSocketPartKind.Violation)]
    public async Task ReadAsync_MessageThatExpandsBeyondTheLimit_IsAFault(int length, WebSocketPartKind expected)
    {
        using var sockets = await SocketPair.ConnectAsync();
        var writer = new WebSocketOriginConnection(sockets.Theirs, deflate: true);
        var client = new WebSocketClientConnection(sockets.Ours, maxMessage: 100_000, deflate: true);
        var writing = WriteAsync();

        var read = 0;
        WebSocketPart part;
        while ((part = await client.ReadAsync()).IsMessage)
            read += part.Content.Length;

        Assert.Equal(expected, part.Kind);
        Assert.Equal(expected == WebSocketPartKind.Close ? 1000 : 1009, Wire.CodeOf(part));
        Assert.InRange(read, 0, 100_000);
        await writing;

        async Task WriteAsync()
        {
            await writer.WriteAsync(new WebSocketPart(WebSocketPartKind.Binary, new byte[length]));
            await writer.WriteAsync(new WebSocketPart(WebSocketPartKind.Close, (byte[])[0x03, 0xE8]));
        }
    }

    private static (WebSocketPartKind Kind, int Length, bool IsFirst, bool IsLast) Describe(WebSocketPart part) =>
        (part.Kind, part.Content.Length, part.IsFirst, part.IsLast);
}
