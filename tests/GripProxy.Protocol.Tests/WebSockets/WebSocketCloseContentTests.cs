using System.Text;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class WebSocketCloseContentTests
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
    public void Read_Code_IsRightIfItMayBeSent(int code, bool isRight)
    {
        var fault = WebSocketCloseContent.Read(new WebSocketCloseContent(code, "why").Encode(), out var status);

        Assert.Equal(isRight ? WebSocketFault.None : WebSocketFault.CloseContent, fault);
        Assert.Equal(isRight ? new WebSocketCloseContent(code, "why") : new WebSocketCloseContent(null, ""), status);
    }

    [Fact]
    public void Read_Nothing_IsNoCode()
    {
        Assert.Equal(WebSocketFault.None, WebSocketCloseContent.Read([], out var status));
        Assert.Equal(new WebSocketCloseContent(null, ""), status);
    }

    [Fact]
    public void Read_OneByte_IsAFault() => Assert.Equal(WebSocketFault.CloseContent, WebSocketCloseContent.Read([3], out _));

    [Fact]
    public void Read_ReasonThatIsNotText_IsAFault() =>
        Assert.Equal(WebSocketFault.Text, WebSocketCloseContent.Read([0x03, 0xE8, 0xC3, 0x28], out _));

    [Fact]
    public void Encode_WithoutCode_IsEmpty() => Assert.Empty(new WebSocketCloseContent(null, "unheard").Encode());

    [Theory]
    [InlineData("a", 123)]
    [InlineData("é", 122)]
    [InlineData("€", 123)]
    [InlineData("😀", 120)]
    public void Encode_LongReason_IsCutBetweenCharacters(string character, int expectedLength)
    {
        var reason = string.Concat(Enumerable.Repeat(character, 200));

        var content = new WebSocketCloseContent(1000, reason).Encode();

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

        var content = WebSocketCloseContent.Fit((byte[])[0x03, 0xE8, .. reason]);

        Assert.Equal((byte[])[0x03, 0xE8, .. reason[..expectedLength]], content.ToArray());
    }

    [Fact]
    public void For_EveryFault_IsTheContentOfACloseFrame()
    {
        foreach (var fault in Enum.GetValues<WebSocketFault>().Where(fault => fault != WebSocketFault.None))
        {
            Assert.Equal(WebSocketFault.None, WebSocketCloseContent.Read(WebSocketCloseContent.For(fault).Span, out var status));
            Assert.NotEmpty(status.Reason);
            Assert.Equal(
                fault switch
                {
                    WebSocketFault.Text or WebSocketFault.Compression => 1007,
                    WebSocketFault.TooBig => 1009,
                    _ => 1002,
                },
                status.Code);
        }
    }
}
