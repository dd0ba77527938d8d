using System.Text;
using System.Text.Json;
using GripProxy.Control.Zmtp.Doors;

namespace GripProxy.Control.Tests.Zmtp.Doors;

public sealed class MessageDecoderTests
{
    private readonly MessageDecoder _decoder = new(new ControlOptions { JsonDepth = 3 });

    [Theory]
    [InlineData("8:1:a,1:1#}", nameof(MessageEncoding.Tnet))]
    [InlineData("T8:1:a,1:1#}", nameof(MessageEncoding.MarkedTnet))]
    [InlineData("J{\"a\":1}", nameof(MessageEncoding.Json))]
    [InlineData("J {\"a\":{\"b\":[]}} ", nameof(MessageEncoding.Json))]
    public void Decode_EachEncoding_IsAnObject(string message, string encoding)
    {
        Assert.Null(_decoder.Decode(Encoding.UTF8.GetBytes(message), out var value, out var found));
        Assert.Equal((JsonValueKind.Object, encoding), (value.ValueKind, found.ToString()));
    }

    [Theory]
    [InlineData("", "tnetstring parse failed")]
    [InlineData("T", "tnetstring parse failed")]
    [InlineData("garbage", "tnetstring parse failed")]
    [InlineData("{\"a\":1}", "tnetstring parse failed")]
    [InlineData("J", "json parse failed")]
    [InlineData("J{", "json parse failed")]
    [InlineData("J{}{}", "json parse failed")]
    [InlineData("J{} x", "json parse failed")]
    [InlineData("J{\"a\":[[[]]]}", "json parse failed")]
    [InlineData("J{\"a\":\"\u00FF\"}", "json parse failed")]
    [InlineData("J[]", "not a valid json object")]
    [InlineData("J1", "not a valid json object")]
    public void Decode_BadMessage_IsNamedAsInPushpin(string message, string problem) =>
        Assert.Equal(problem, _decoder.Decode(Encoding.Latin1.GetBytes(message), out _, out _));
}
