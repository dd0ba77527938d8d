using System.Text;
using GripProxy.Forwarding.SockJs.Frames;

namespace GripProxy.Forwarding.Tests.SockJs;

public class SockJsPayloadTests
{
    [Theory]
    [InlineData("[]", "")]
    [InlineData("[\"a\"]", "a")]
    [InlineData(" [ \"a\" , \"b c\",\"\" ] ", "a|b c|")]
    [InlineData("[\"\\u00e9\\n\\t\\\"\\\\\\/\\b\\f\\r\"]", "é\n\t\"\\/\b\f\r")]
    [InlineData("[\"\\ud83d\\ude00\"]", "😀")]
    public void Read_ArrayOfStrings_GivesTheMessages(string json, string expected)
    {
        var messages = SockJsPayload.Read(Encoding.UTF8.GetBytes(json));

        Assert.NotNull(messages);
        Assert.Equal(expected, string.Join('|', messages.Select(message => Encoding.UTF8.GetString(message.Span))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("\"a\"")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[\"a\",null]")]
    [InlineData("[[\"a\"]]")]
    [InlineData("[\"a\"")]
    [InlineData("[\"a\",]")]
    [InlineData("[\"a\"]x")]
    [InlineData("[\"a\"][\"b\"]")]
    [InlineData("[\"a\\x\"]")]
    [InlineData("[\"a\\u12\"]")]
    public void Read_SomethingElse_GivesNothing(string json) => Assert.Null(SockJsPayload.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("[\"<\\ud83d>\"]")]
    [InlineData("[\"<\\ude00>\"]")]
    public void Read_HalfASurrogatePair_BecomesTheReplacementCharacter(string json) =>
        Assert.Equal("<\ufffd>", Encoding.UTF8.GetString(SockJsPayload.Read(Encoding.UTF8.GetBytes(json))![0].Span));

    [Fact]
    public void Read_BytesThatAreNoUtf8_NeverGiveTextThatIsNone()
    {
        var messages = SockJsPayload.Read([.. "[\""u8, 0xff, .. "\"]"u8]);

        Assert.True(messages is null || Encoding.UTF8.GetString(messages[0].Span) == "\ufffd");
    }
}
