using System.Buffers;
using System.Text;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class WebSocketEventWriterTests
{
    [Theory]
    [InlineData(WebSocketEventType.Open, "", "OPEN\r\n")]
    [InlineData(WebSocketEventType.Text, "hello", "TEXT 5\r\nhello\r\n")]
    [InlineData(WebSocketEventType.Text, "", "TEXT 0\r\n\r\n")]
    [InlineData(WebSocketEventType.Binary, "", "BINARY 0\r\n\r\n")]
    [InlineData(WebSocketEventType.Binary, "abcdefghijklmnopqrstuvwxyz", "BINARY 1a\r\nabcdefghijklmnopqrstuvwxyz\r\n")]
    [InlineData(WebSocketEventType.Ping, "", "PING\r\n")]
    [InlineData(WebSocketEventType.Ping, "p", "PING 1\r\np\r\n")]
    [InlineData(WebSocketEventType.Pong, "", "PONG\r\n")]
    [InlineData(WebSocketEventType.Close, "", "CLOSE\r\n")]
    [InlineData(WebSocketEventType.Close, "ab", "CLOSE 2\r\nab\r\n")]
    [InlineData(WebSocketEventType.Disconnect, "", "DISCONNECT\r\n")]
    public void Write_Event_HasALengthWhereThereIsContentOrItIsAMessage(WebSocketEventType type, string content, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        WebSocketEventWriter.Write(output, type, Encoding.UTF8.GetBytes(content));

        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Write_LongContent_FitsIntoContentAndOverhead()
    {
        var content = new byte[1_000_000];
        var destination = new byte[content.Length + WebSocketEventWriter.MaxOverhead];

        Assert.Equal("BINARY f4240\r\n".Length + content.Length + 2, WebSocketEventWriter.Write(destination, WebSocketEventType.Binary, content));
    }
}
