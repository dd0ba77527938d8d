using System.Text;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Messages;
using GripProxy.Protocol;
using GripProxy.SignalR.Protocols;

namespace GripProxy.SignalR.Tests.Protocols;

public sealed class JsonFramingTests
{
    private readonly JsonFraming _framing = new();

    [Fact]
    public void SIG01_Item_HasWhatThereIs()
    {
        Assert.True(Position.TryParse("k3f9x2qd7m1a-17", out var position));
        Assert.Equal(
            """{"type":1,"target":"item","arguments":["news",{"id":"2","prevId":"1","position":"k3f9x2qd7m1a-17","type":"text","content":"é \"x\""}]}""" + "\u001e",
            Text(_framing.Encode(new ItemMessage("news", "2", "1", position, MessageFormat.Text, Encoding.UTF8.GetBytes("é \"x\"")))));
        Assert.Equal(
            """{"type":1,"target":"item","arguments":["news",{"type":"response","content":""}]}""" + "\u001e",
            Text(_framing.Encode(new ItemMessage("news", null, null, null, MessageFormat.Response, default))));
    }

    [Theory]
    [InlineData(MessageFormat.Binary, "binary", new byte[] { 65 }, "QQ==")]
    [InlineData(MessageFormat.Stream, "stream", new byte[] { 255 }, "/w==")]
    public void SIG01_Content_ThatIsNoText_IsBase64(MessageFormat format, string type, byte[] content, string expected) => Assert.Equal(
        $$"""{"type":1,"target":"item","arguments":["c",{"type":"{{type}}","contentBin":"{{expected}}"}]}""" + "\u001e",
        Text(_framing.Encode(new ItemMessage("c", null, null, null, format, content))));

    [Theory]
    [InlineData(null, """{"resumed":null}""")]
    [InlineData(ResumeOutcome.Resumed, """{"resumed":true}""")]
    [InlineData(ResumeOutcome.Expired, """{"resumed":false,"reason":"expired"}""")]
    public void SIG01_Outcome_SaysWhyNot(ResumeOutcome? outcome, string expected) => Assert.Equal(
        $$"""{"type":1,"target":"outcome","arguments":["c",{{expected}}]}""" + "\u001e",
        Text(_framing.Encode(new OutcomeMessage("c", outcome, null))));

    [Fact]
    public void Messages_InOnePiece_AreToldApart()
    {
        var first = _framing.Encode(new ItemMessage("c", null, null, null, MessageFormat.Text, "\u001e"u8.ToArray()));
        Assert.Equal(first.Length, _framing.LengthOfFirst([.. first.Span, .. _framing.Ping.Span]));
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
