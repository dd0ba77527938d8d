using System.Text;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class WebSocketCloseTests
{
    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, true)]
    [InlineData(1002, true)]
    [InlineData(1003, true)]
    [InlineData(1007, true)]
    [InlineData(1008, true)]
    [InlineData(1009, true)]
    [InlineData(1010, true)]
    [InlineData(1011, true)]
    [InlineData(1012, true)]
    [InlineData(1013, true)]
    [InlineData(1014, true)]
    [InlineData(3000, true)]
    [InlineData(3999, true)]
    [InlineData(4000, true)]
    [InlineData(4999, true)]
    [InlineData(0, false)]
    [InlineData(999, false)]
    [InlineData(1004, false)]
    [InlineData(1005, false)]
    [InlineData(1006, false)]
    [InlineData(1015, false)]
    [InlineData(1016, false)]
    [InlineData(1100, false)]
    [InlineData(2000, false)]
    [InlineData(2999, false)]
    [InlineData(5000, false)]
    [InlineData(65535, false)]
    public void Check_Code_IsRightIfItMayBeSent(int code, bool isRight) => Assert.Equal(
        isRight ? WebSocketFault.None : WebSocketFault.CloseContent, WebSocketClose.Check(new WebSocketClose(code, "why").ToContent()));

    [Fact]
    public void Check_Nothing_IsRight() => Assert.Equal(WebSocketFault.None, WebSocketClose.Check([]));

    [Fact]
    public void Check_OneByte_IsAFault() => Assert.Equal(WebSocketFault.CloseContent, WebSocketClose.Check([3]));

    [Fact]
    public void Check_ReasonThatIsNotText_IsAFault() => Assert.Equal(WebSocketFault.Text, WebSocketClose.Check([0x03, 0xE8, 0xC3, 0x28]));

    [Fact]
    public void ToContent_CodeAndReason_AreBigEndianAndUtf8() =>
        Assert.Equal([0x0F, 0xA1, (byte)'n', 0xC3, 0xB6], new WebSocketClose(4001, "nö").ToContent());

    [Theory]
    [InlineData("a", 123)]
    [InlineData("é", 122)]
    [InlineData("€", 123)]
    [InlineData("😀", 120)]
    public void ToContent_LongReason_IsCutBetweenCharacters(string character, int expectedLength)
    {
        var reason = string.Concat(Enumerable.Repeat(character, 200));

        var content = new WebSocketClose(1000, reason).ToContent();

        Assert.Equal(2 + expectedLength, content.Length);
        Assert.StartsWith(Encoding.UTF8.GetString(content.AsSpan(2)), reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", 123)]
    [InlineData("é", 122)]
    [InlineData("€", 123)]
    [InlineData("😀", 120)]
    public void Fit_LongContent_IsCutBetweenCharacters(string character, int expectedLength)
    {
        var reason = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(character, 200)));

        var content = WebSocketClose.Fit((byte[])[0x03, 0xE8, .. reason]);

        Assert.Equal((byte[])[0x03, 0xE8, .. reason[..expectedLength]], content.ToArray());
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 3 })]
    public void Read_NoCode_IsNull(byte[] content) => Assert.Null(WebSocketClose.Read(content));

    [Fact]
    public void Read_CodeWithoutReason_HasAnEmptyReason() => Assert.Equal(new WebSocketClose(1001), WebSocketClose.Read([3, 233]));
}
