using System.Text;
using GripProxy.Holds.WebSockets;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets.Framing;

public sealed class FramingTests
{
    public static TheoryData<WebSocketFraming> Framings => [PlainFraming.Instance, DeflateFraming.Instance];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(125, 1)]
    [InlineData(126, 1)]
    [InlineData(8192, 1)]
    [InlineData(8193, 2)]
    [InlineData(16384, 2)]
    [InlineData(300_000, 37)]
    public async Task Encode_Plain_FragmentsLongMessages(int length, int expectedFrames)
    {
        var content = Wire.Bytes(length);

        var framed = PlainFraming.Instance.Encode(WebSocketPartKind.Binary, content);

        var (kind, read, parts) = await Wire.ReadMessageAsync(new WebSocketOriginConnection(ChunkStream.Of(1_000_000, framed.ToArray())));
        Assert.Equal((WebSocketPartKind.Binary, expectedFrames), (kind, parts));
        Assert.Equal(content, read);
    }

    [Fact]
    public void Encode_Plain_IsAsSmallAsItCanBe()
    {
        Assert.Equal(Wire.Plain(0x81, "hello"), PlainFraming.Instance.Encode(WebSocketPartKind.Text, "hello"u8.ToArray()).ToArray());
        var content = Wire.Bytes(8193);
        Assert.Equal(
            (byte[])[.. Wire.Plain(0x02, content.AsSpan(0, 8192)), .. Wire.Plain(0x80, content[^1])],
            PlainFraming.Instance.Encode(WebSocketPartKind.Binary, content).ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(20_000)]
    [InlineData(300_000)]
    public async Task Encode_Deflate_ReadsBack(int length)
    {
        // Every second byte is random, so that it shrinks, but not to nothing.
        var content = Wire.Bytes(length);
        for (var i = 0; i < length; i += 2)
            content[i] = (byte)'a';

        var framed = DeflateFraming.Instance.Encode(WebSocketPartKind.Binary, content);

        var origin = new WebSocketOriginConnection(ChunkStream.Of(1_000_000, framed.ToArray(), Wire.Plain(0x81, "next")), deflate: true);
        Assert.Equal(content, (await Wire.ReadMessageAsync(origin)).Content);
        Assert.Equal("next"u8.ToArray(), (await Wire.ReadMessageAsync(origin)).Content);
        Assert.Equal(length >= 128, (framed.Span[0] & 0x40) != 0);
        if (length >= 128)
            Assert.True(framed.Length < length);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void Encode_ControlFrames_AreAlwaysPlain(WebSocketFraming framing)
    {
        var content = Wire.Bytes(125);

        Assert.Equal(Wire.Plain(0x89, content), framing.Encode(WebSocketPartKind.Ping, content).ToArray());
        Assert.Equal(Wire.Plain(0x8A, content), framing.Encode(WebSocketPartKind.Pong, content).ToArray());
        Assert.Equal(Wire.Plain(0x88, 0x03, 0xE8), framing.Encode(WebSocketPartKind.Close, (byte[])[0x03, 0xE8]).ToArray());
        Assert.Equal(Wire.Plain(0x88), framing.Encode(WebSocketPartKind.Close, default).ToArray());
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void Encode_ControlFrameThatIsTooLong_IsNothing(WebSocketFraming framing)
    {
        Assert.True(framing.Encode(WebSocketPartKind.Ping, new byte[126]).IsEmpty);
        Assert.True(framing.Encode(WebSocketPartKind.Pong, new byte[126]).IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void Encode_LongReason_IsCutBetweenCharacters(WebSocketFraming framing)
    {
        byte[] content = [0x03, 0xE8, .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("€", 100)))];

        Assert.Equal(Wire.Plain(0x88, content.AsSpan(0, 125)), framing.Encode(WebSocketPartKind.Close, content).ToArray());
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void Encode_WhatIsOnlyRead_IsAMistake(WebSocketFraming framing)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => framing.Encode(WebSocketPartKind.Lost, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => framing.Encode(WebSocketPartKind.Violation, default));
    }
}
