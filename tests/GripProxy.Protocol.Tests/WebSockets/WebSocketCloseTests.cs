using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class WebSocketCloseTests
{
    [Fact]
    public void ToContent_CodeAndReason_AreBigEndianAndUtf8() =>
        Assert.Equal([0x0F, 0xA1, (byte)'n', 0xC3, 0xB6], new WebSocketClose(4001, "nö").ToContent());

    [Fact]
    public void ToContent_LongReason_IsCutBetweenCharacters()
    {
        var content = new WebSocketClose(1000, new string('a', 122) + "ö").ToContent();

        Assert.Equal(new WebSocketClose(1000, new string('a', 122)), WebSocketClose.Read(content));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 3 })]
    public void Read_NoCode_IsNull(byte[] content) => Assert.Null(WebSocketClose.Read(content));

    [Fact]
    public void Read_CodeWithoutReason_HasAnEmptyReason() => Assert.Equal(new WebSocketClose(1001), WebSocketClose.Read([3, 233]));
}
