using GripProxy.Protocol.Items;
using static GripProxy.Protocol.Tests.Items.ItemFixture;

namespace GripProxy.Protocol.Tests.Items;

public sealed class WebSocketMessageReaderTests
{
    [Theory]
    [InlineData("{}", "'ws-message' does not contain 'content' or 'content-bin'")]
    [InlineData("""{"type":"text"}""", "'ws-message' does not contain 'content' or 'content-bin'")]
    [InlineData("""{"type":"smoke","content":"x"}""", "'ws-message' contains 'type' with unknown value")]
    [InlineData("""{"type":1,"content":"x"}""", "'ws-message' contains 'type' with wrong type")]
    [InlineData("""{"content":1}""", "'ws-message' contains 'content' with wrong type")]
    [InlineData("""{"content-bin":1}""", "'ws-message' contains 'content-bin' with wrong type")]
    [InlineData("""{"content":"x","content-filters":1}""", "'ws-message' contains 'content-filters' with wrong type")]
    [InlineData("""{"content":"x","content-filters":[1]}""", "content-filters contains element with wrong type")]
    [InlineData("""{"action":"close","code":[]}""", "'ws-message' contains 'code' with wrong type")]
    [InlineData("""{"action":"close","code":"abc"}""", "'ws-message' contains 'code' with wrong type")]
    [InlineData("""{"action":"close","code":-1}""", "'ws-message' contains 'code' with invalid value")]
    [InlineData("""{"action":"close","code":65536}""", "'ws-message' contains 'code' with invalid value")]
    [InlineData("""{"action":"close","reason":1}""", "'ws-message' contains 'reason' with wrong type")]
    public void Read_InvalidFormat_NamesTheProblem(string members, string error) => Assert.Equal(error, Bad(Wrap("ws-message", members)));

    [Theory]
    [InlineData("""{"content":"x"}""", WebSocketMessageType.Text, "x")]
    [InlineData("""{"content-bin":"aGk="}""", WebSocketMessageType.Binary, "hi")]
    [InlineData("""{"content":"x","content-bin":"aGk="}""", WebSocketMessageType.Binary, "hi")]
    [InlineData("""{"type":"text","content-bin":"aGk="}""", WebSocketMessageType.Text, "hi")]
    [InlineData("""{"type":"binary","content":"x"}""", WebSocketMessageType.Binary, "x")]
    [InlineData("""{"type":"ping"}""", WebSocketMessageType.Ping, "")]
    [InlineData("""{"type":"pong","content":"x"}""", WebSocketMessageType.Pong, "x")]
    public void Read_Send_HasTypeAndContent(string members, WebSocketMessageType type, string content)
    {
        var format = WebSocket(members);

        Assert.Equal((ItemAction.Send, type, content), (format.Action, format.Type, Text(format.Content)));
    }

    [Theory]
    [InlineData("""{"action":"close"}""", null, "")]
    [InlineData("""{"action":"close","code":"4001","reason":"böse"}""", 4001, "böse")]
    public void Read_Close_HasCodeAndReason(string members, int? code, string reason)
    {
        var format = WebSocket(members);

        Assert.Equal((ItemAction.Close, code, reason), (format.Action, format.Code, format.Reason));
    }
}
