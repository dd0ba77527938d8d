using System.Buffers;
using GripProxy.Control.Zmtp.Wire;

namespace GripProxy.Control.Tests.Zmtp.Wire;

public sealed class ZmtpCommandTests
{
    [Theory]
    [InlineData("PULL")]
    [InlineData("SUB")]
    [InlineData("PUB")]
    [InlineData("REP")]
    public void EncodeReady_NamesTheType(string name)
    {
        var (command, data) = Read(ZmtpCommand.EncodeReady(Enum.Parse<ZmtpSocketType>(name, ignoreCase: true)));
        Assert.Equal("READY", command);
        Assert.True(ZmtpCommand.TryReadSocketType(data.Span, out var read));
        Assert.Equal(name, read);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0, 1 })]
    [InlineData(new byte[] { 5, 82 })]
    public void TryRead_NoName_IsFalse(byte[] body) => Assert.False(ZmtpCommand.TryRead(body, out _, out _));

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 65, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 65, 0, 0, 0, 2, 66 })]
    [InlineData(new byte[] { 1, 65, 255, 255, 255, 255 })]
    public void TryReadSocketType_MalformedProperties_IsFalse(byte[] properties) =>
        Assert.False(ZmtpCommand.TryReadSocketType(properties, out _));

    [Fact]
    public void EncodePong_ReturnsTheContext()
    {
        var (command, data) = Read(ZmtpCommand.EncodePong([0, 10, 1, 2, 3]) ?? []);
        Assert.Equal(("PONG", 3), (command, data.Length));
    }

    [Fact]
    public void EncodePong_PingWithoutTime_IsMalformed() => Assert.Null(ZmtpCommand.EncodePong([0]));

    [Theory]
    [InlineData(0, true, new byte[] { 0, 2, 1, 97 })]
    [InlineData(0, false, new byte[] { 0, 2, 0, 97 })]
    [InlineData(1, true, new byte[] { 4, 11, 9, 83, 85, 66, 83, 67, 82, 73, 66, 69, 97 })]
    [InlineData(1, false, new byte[] { 4, 8, 6, 67, 65, 78, 67, 69, 76, 97 })]
    public void WriteSubscription_ByVersion_IsAMessageOrACommand(int minor, bool isWanted, byte[] expected)
    {
        var writer = new ArrayBufferWriter<byte>();
        ZmtpCommand.WriteSubscription(writer, "a"u8, isWanted, minor);
        Assert.Equal(expected, writer.WrittenSpan.ToArray());
    }

    private static (string Name, ReadOnlyMemory<byte> Data) Read(byte[] bytes)
    {
        var received = new ReadOnlySequence<byte>(bytes);
        Assert.True(ZmtpFrame.TryRead(ref received, 1000, out var frame, out _));
        Assert.True(frame.IsCommand);
        Assert.True(ZmtpCommand.TryRead(frame.Body, out var name, out var data));
        return (name, data);
    }
}
