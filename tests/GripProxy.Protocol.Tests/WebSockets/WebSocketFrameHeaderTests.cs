using System.Buffers.Binary;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class WebSocketFrameHeaderTests
{
    // The examples of RFC 6455 §5.7.
    [Theory]
    [InlineData("8105", WebSocketOpcode.Text, true, 5)]
    [InlineData("0103", WebSocketOpcode.Text, false, 3)]
    [InlineData("8002", WebSocketOpcode.Continuation, true, 2)]
    [InlineData("8905", WebSocketOpcode.Ping, true, 5)]
    [InlineData("827E0100", WebSocketOpcode.Binary, true, 256)]
    [InlineData("827F0000000000010000", WebSocketOpcode.Binary, true, 65536)]
    public void TryRead_UnmaskedHeader_IsRead(string hex, WebSocketOpcode opcode, bool isFinal, long length)
    {
        var bytes = Convert.FromHexString(hex);

        Assert.Equal(WebSocketFault.None, WebSocketFrameHeader.TryRead(bytes, out var header, out var size));

        Assert.Equal(bytes.Length, size);
        Assert.Equal(new WebSocketFrameHeader(opcode, isFinal, false, false, 0, length), header);
    }

    [Fact]
    public void TryRead_MaskedHeader_HasTheKeyAsItStandsInMemory()
    {
        byte[] masked = [0x7f, 0x9f, 0x4d, 0x51, 0x58];

        WebSocketFrameHeader.TryRead(Convert.FromHexString("818537FA213D"), out var header, out _);
        WebSocketMask.Apply(masked, header.MaskKey);

        Assert.True(header.IsMasked);
        Assert.Equal("Hello"u8.ToArray(), masked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("81")]
    [InlineData("817E01")]
    [InlineData("817F00000000000100")]
    [InlineData("8185000000")]
    [InlineData("81FE01000000")]
    public void TryRead_NotAllThere_SaysSo(string hex)
    {
        Assert.Equal(WebSocketFault.None, WebSocketFrameHeader.TryRead(Convert.FromHexString(hex), out _, out var size));
        Assert.Equal(0, size);
    }

    [Theory]
    [InlineData("9100", WebSocketFault.ReservedBits)]
    [InlineData("A100", WebSocketFault.ReservedBits)]
    [InlineData("F100", WebSocketFault.ReservedBits)]
    [InlineData("8300", WebSocketFault.Opcode)]
    [InlineData("8400", WebSocketFault.Opcode)]
    [InlineData("8500", WebSocketFault.Opcode)]
    [InlineData("8600", WebSocketFault.Opcode)]
    [InlineData("8700", WebSocketFault.Opcode)]
    [InlineData("8B00", WebSocketFault.Opcode)]
    [InlineData("8C00", WebSocketFault.Opcode)]
    [InlineData("8D00", WebSocketFault.Opcode)]
    [InlineData("8E00", WebSocketFault.Opcode)]
    [InlineData("8F00", WebSocketFault.Opcode)]
    [InlineData("0900", WebSocketFault.ControlFrame)]
    [InlineData("0A00", WebSocketFault.ControlFrame)]
    [InlineData("0800", WebSocketFault.ControlFrame)]
    [InlineData("897E", WebSocketFault.ControlFrame)]
    [InlineData("89FE", WebSocketFault.ControlFrame)]
    [InlineData("887F", WebSocketFault.ControlFrame)]
    [InlineData("827E007D", WebSocketFault.Length)]
    [InlineData("827E0000", WebSocketFault.Length)]
    [InlineData("827F000000000000FFFF", WebSocketFault.Length)]
    [InlineData("827F0000000000000001", WebSocketFault.Length)]
    [InlineData("827F8000000000000000", WebSocketFault.Length)]
    [InlineData("827FFFFFFFFFFFFFFFFF", WebSocketFault.Length)]
    public void TryRead_BrokenHeader_SaysWhatIsWrong(string hex, WebSocketFault expected)
    {
        Assert.Equal(expected, WebSocketFrameHeader.TryRead(Convert.FromHexString(hex), out _, out _));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(65535, 4)]
    [InlineData(65536, 10)]
    [InlineData(long.MaxValue, 10)]
    public void Write_AnyLength_IsAsShortAsItCanBeAndReadsBack(long length, int expectedSize)
    {
        foreach (var isMasked in new[] { false, true })
        {
            var bytes = new byte[WebSocketFrameHeader.MaxSize];
            var key = isMasked ? BinaryPrimitives.ReadUInt32LittleEndian([1, 2, 3, 4]) : 0;
            var header = new WebSocketFrameHeader(WebSocketOpcode.Binary, false, true, isMasked, key, length);

            var size = header.Write(bytes);

            Assert.Equal(isMasked ? expectedSize + 4 : expectedSize, size);
            Assert.Equal(WebSocketFault.None, WebSocketFrameHeader.TryRead(bytes, out var read, out var readSize));
            Assert.Equal((header, size), (read, readSize));
        }
    }
}
