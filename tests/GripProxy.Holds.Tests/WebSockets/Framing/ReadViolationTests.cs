using System.Text;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets.Framing;

public sealed class ReadViolationTests
{
    [Theory]
    [InlineData("reserved bit 1", "C180 00000000")]
    [InlineData("reserved bit 2", "A180 00000000")]
    [InlineData("reserved bit 3", "9180 00000000")]
    [InlineData("reserved bit of a ping", "C980 00000000")]
    [InlineData("opcode 3", "8380 00000000")]
    [InlineData("opcode 11", "8B80 00000000")]
    [InlineData("opcode 15", "8F80 00000000")]
    [InlineData("no mask", "8100")]
    [InlineData("ping without mask", "8900")]
    [InlineData("fragmented ping", "0980 00000000")]
    [InlineData("fragmented close", "0880 00000000")]
    [InlineData("long ping", "89FE 007E 00000000")]
    [InlineData("long close", "88FF 0000000000010000 00000000")]
    [InlineData("continuation of nothing", "8080 00000000")]
    [InlineData("fragment of nothing", "0080 00000000")]
    [InlineData("message in a message", "0180 00000000 8180 00000000")]
    [InlineData("binary in a text", "0180 00000000 0280 00000000")]
    [InlineData("long form of 125", "82FE 007D 00000000")]
    [InlineData("longest form of 65535", "82FF 000000000000FFFF 00000000")]
    [InlineData("more than 63 bits", "82FF 8000000000000000 00000000")]
    [InlineData("close of one byte", "8881 00000000 03")]
    [InlineData("close with 999", "8882 00000000 03E7")]
    [InlineData("close with 1005", "8882 00000000 03ED")]
    [InlineData("close with 1006", "8882 00000000 03EE")]
    [InlineData("close with 2999", "8882 00000000 0BB7")]
    [InlineData("close with 5000", "8882 00000000 1388")]
    public async Task ReadAsync_BrokenFrameOfAClient_IsAProtocolError(string what, string hex)
    {
        Assert.Equal((what, 1002), (what, await CodeAsync(deflate: false, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)))));
    }

    [Fact]
    public async Task ReadAsync_MaskedFrameOfAnOrigin_IsAProtocolError()
    {
        var origin = new WebSocketOriginConnection(ChunkStream.Of(100, Wire.Masked(0x81, "hello")));

        var end = await Wire.ReadToEndAsync(origin);

        Assert.Equal((WebSocketPartKind.Violation, 1002), (end.Kind, Wire.CodeOf(end)));
    }

    [Fact]
    public async Task ReadAsync_CompressedContinuation_IsAProtocolError() =>
        Assert.Equal(1002, await CodeAsync(deflate: true, Wire.Masked(0x41, 0x00), Wire.Masked(0xC0, 0x00)));

    [Fact]
    public async Task ReadAsync_GoodMessagesBeforeTheFault_Come()
    {
        var client = new WebSocketClientConnection(ChunkStream.Of(1000, Wire.Masked(0x81, "good"), Wire.Plain(0x81, "bad"), Wire.Masked(0x81, "late")));

        Assert.Equal("good", Encoding.UTF8.GetString((await client.ReadAsync()).Content.Span));
        Assert.Equal(WebSocketPartKind.Violation, (await client.ReadAsync()).Kind);
        Assert.Equal(WebSocketPartKind.Lost, (await client.ReadAsync()).Kind);
    }

    [Theory]
    [InlineData("FF", "")]
    [InlineData("48C3", "28")]
    [InlineData("EDA080", "")]
    [InlineData("ED", "A080")]
    [InlineData("F09F98", "")]
    [InlineData("F4", "908080")]
    public async Task ReadAsync_TextThatIsNotUtf8_IsAFaultHoweverItIsCut(string first, string second)
    {
        var start = Convert.FromHexString(first);
        var end = Convert.FromHexString(second);

        Assert.Equal(1007, await CodeAsync(deflate: false, Wire.Masked(0x81, (byte[])[.. start, .. end])));
        Assert.Equal(1007, await CodeAsync(deflate: false, Wire.Masked(0x01, start), Wire.Masked(0x89, "ping"), Wire.Masked(0x80, end)));
    }

    [Fact]
    public async Task ReadAsync_TextThatCannotBecomeUtf8_IsAFaultBeforeItsEnd()
    {
        using var sockets = await SocketPair.ConnectAsync();
        var client = new WebSocketClientConnection(sockets.Ours);
        await sockets.Theirs.WriteAsync((byte[])[.. Wire.Masked(0x01, "good \xC3"u8[..^2]), .. Wire.Masked(0x00, 0xED), .. Wire.Masked(0x00, 0xA0)]);

        var end = await Wire.ReadToEndAsync(client);

        Assert.Equal((WebSocketPartKind.Violation, 1007), (end.Kind, Wire.CodeOf(end)));
    }

    [Fact]
    public async Task ReadAsync_BinaryOrPingThatIsNotUtf8_IsNoFault() =>
        Assert.Null(await CodeAsync(deflate: false, Wire.Masked(0x82, 0xFF), Wire.Masked(0x89, 0xFF), Wire.Masked(0x8A, 0xC3)));

    [Fact]
    public async Task ReadAsync_CloseReasonThatIsNotUtf8_IsAFault() =>
        Assert.Equal(1007, await CodeAsync(deflate: false, Wire.Masked(0x88, 0x03, 0xE8, 0xFF)));

    [Theory]
    [InlineData(1000, null)]
    [InlineData(1001, 1009)]
    [InlineData(100_000, 1009)]
    public async Task ReadAsync_LimitOfAMessage_IsExact(int length, int? expected)
    {
        var content = new byte[length];

        Assert.Equal(expected, await CodeAsync(deflate: false, Wire.Masked(0x82, content), Wire.Masked(0x82, content.AsSpan(0, 1))));
        Assert.Equal(expected, await CodeAsync(deflate: false, Wire.Masked(0x02, content.AsSpan(0, 999)), Wire.Masked(0x80, content.AsSpan(999))));
    }

    [Fact]
    public async Task ReadAsync_FrameThatIsTooLong_IsRefusedAtItsHeader() =>
        Assert.Equal(1009, await CodeAsync(deflate: false, [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]));

    [Fact]
    public async Task ReadAsync_LimitOfAMessage_DoesNotConcernOrigins()
    {
        var origin = new WebSocketOriginConnection(ChunkStream.Of(50_000, Wire.Plain(0x82, new byte[100_000])));

        Assert.Equal(100_000, (await Wire.ReadMessageAsync(origin)).Content.Length);
    }

    /// <summary>The code that a client with these frames earns; null: none.</summary>
    private static async Task<int?> CodeAsync(bool deflate, params byte[][] frames)
    {
        var codes = new List<int?>();
        foreach (var chunkSize in new[] { 1, 5, 1_000_000 })
        {
            var end = await Wire.ReadToEndAsync(new WebSocketClientConnection(ChunkStream.Of(chunkSize, frames), maxMessage: 1000, deflate));
            codes.Add(end.Kind == WebSocketPartKind.Violation ? Wire.CodeOf(end) : null);
        }

        return Assert.Single(codes.Distinct());
    }
}
