using System.Text;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class Utf8CheckTests
{
    [Theory]
    [InlineData("")]
    [InlineData("Hello-µ@ßöäüàá-UTF-8!!")]
    [InlineData("κόσμε")]
    [InlineData("𐀀 \U0010FFFF \uFFFF \uFFFE \uD7FF \uE000 \0 \u0080 \u0800")]
    public void Accept_Text_IsRightHoweverItIsCut(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
            {
                var check = new Utf8Check();

                Assert.True(check.Accept(bytes.AsSpan(0, first), isLast: false));
                Assert.True(check.Accept(bytes.AsSpan(first, second - first), isLast: false));
                Assert.True(check.Accept(bytes.AsSpan(second), isLast: true));
            }
        }
    }

    [Fact]
    public void Accept_ByteByByte_IsRight()
    {
        var check = new Utf8Check();
        foreach (var value in Encoding.UTF8.GetBytes("κόσμε 𐀀"))
            Assert.True(check.Accept([value], isLast: false));
        Assert.True(check.Accept([], isLast: true));
    }

    // The number says how many bytes are the beginning of some text; the next one spoils it.
    [Theory]
    [InlineData("80", 0)]
    [InlineData("BF", 0)]
    [InlineData("C080", 0)]
    [InlineData("C1BF", 0)]
    [InlineData("E08080", 1)]
    [InlineData("E09FBF", 1)]
    [InlineData("F0808080", 1)]
    [InlineData("F08FBFBF", 1)]
    [InlineData("EDA080", 1)]
    [InlineData("EDBFBF", 1)]
    [InlineData("F4908080", 1)]
    [InlineData("F5808080", 0)]
    [InlineData("F888808080", 0)]
    [InlineData("FE", 0)]
    [InlineData("FF", 0)]
    [InlineData("CEBAE1BDB9CF83CEBCCEB5EDA080656469746564", 12)]
    [InlineData("CEBAE1BDB9CF83CEBCCEB5F4908080", 12)]
    [InlineData("C328", 1)]
    [InlineData("E28228", 2)]
    [InlineData("F09F9828", 3)]
    public void Accept_NotText_FailsAtTheFirstByteThatCannotBeRight(string hex, int right)
    {
        var bytes = Convert.FromHexString(hex);
        var check = new Utf8Check();
        for (var i = 0; i < right; i++)
            Assert.True(check.Accept(bytes.AsSpan(i, 1), isLast: false));

        Assert.False(check.Accept(bytes.AsSpan(right, 1), isLast: false));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var cutCheck = new Utf8Check();
            Assert.False(cutCheck.Accept(bytes.AsSpan(0, cut), isLast: false) && cutCheck.Accept(bytes.AsSpan(cut), isLast: true));
        }
    }

    [Theory]
    [InlineData("C3")]
    [InlineData("E282")]
    [InlineData("F09F98")]
    public void Accept_EndInsideACharacter_Fails(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var check = new Utf8Check();

        Assert.False(check.Accept(bytes, isLast: true));
        check = new Utf8Check();
        Assert.True(check.Accept(bytes, isLast: false));
        Assert.False(check.Accept([], isLast: true));
    }
}
