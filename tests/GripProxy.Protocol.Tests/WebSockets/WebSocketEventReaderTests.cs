using System.Text;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class WebSocketEventReaderTests
{
    [Fact]
    public void TryRead_EmptyBody_HasNoEventAndNoError() => Assert.Equal("", Read(""));

    [Theory]
    [InlineData("OPEN\r\n", "Open")]
    [InlineData("TEXT 5\r\nhello\r\n", "Text hello")]
    [InlineData("BINARY 2\r\nhi\r\n", "Binary hi")]
    [InlineData("PING\r\n", "Ping")]
    [InlineData("PONG 1\r\np\r\n", "Pong p")]
    [InlineData("CLOSE 3\r\n\u0003x!\r\n", "Close \u0003x!")]
    [InlineData("DISCONNECT\r\n", "Disconnect")]
    [InlineData("TEXT 0\r\n\r\n", "Text")]
    [InlineData("TEXT\r\n", "Text")]
    [InlineData("PING 0\r\n\r\n", "Ping")]
    [InlineData("TEXT 1A\r\nabcdefghijklmnopqrstuvwxyz\r\n", "Text abcdefghijklmnopqrstuvwxyz")]
    [InlineData("TEXT 00001a\r\nabcdefghijklmnopqrstuvwxyz\r\n", "Text abcdefghijklmnopqrstuvwxyz")]
    [InlineData("TEXT 4\r\n\r\n\r\n\r\n", "Text \r\n\r\n")]
    public void TryRead_OneEvent_HasTypeAndContent(string body, string expected) => Assert.Equal(expected, Read(body));

    [Fact]
    public void TryRead_SeveralEvents_ComeInOrder() =>
        Assert.Equal("Open|Text a|Ping|Close", Read("OPEN\r\nTEXT 1\r\na\r\nPING\r\nCLOSE\r\n"));

    [Theory]
    [InlineData("HELLO\r\nTEXT 1\r\na\r\n")]
    [InlineData("HELLO 3\r\n\r\nx\r\nTEXT 1\r\na\r\n")]
    [InlineData("text 1\r\nb\r\nTEXT 1\r\na\r\n")]
    [InlineData("\r\nTEXT 1\r\na\r\n")]
    public void TryRead_UnknownType_IsPassedOver(string body) => Assert.Equal("Text a", Read(body));

    [Theory]
    [InlineData("OPEN", WebSocketEventError.UnendedLine, 0)]
    [InlineData("OPEN\n", WebSocketEventError.UnendedLine, 0)]
    [InlineData("OPEN\r\nTEXT 5", WebSocketEventError.UnendedLine, 6)]
    [InlineData("TEXT \r\n", WebSocketEventError.InvalidLength, 0)]
    [InlineData("TEXT g\r\n", WebSocketEventError.InvalidLength, 0)]
    [InlineData("TEXT -1\r\n", WebSocketEventError.InvalidLength, 0)]
    [InlineData("TEXT 0x1\r\na\r\n", WebSocketEventError.InvalidLength, 0)]
    [InlineData("TEXT 1 \r\na\r\n", WebSocketEventError.InvalidLength, 0)]
    [InlineData("TEXT  1\r\na\r\n", WebSocketEventError.InvalidLength, 0)]
    [InlineData("TEXT ffffffff\r\na\r\n", WebSocketEventError.InvalidLength, 0)]
    [InlineData("TEXT 123456789\r\na\r\n", WebSocketEventError.InvalidLength, 0)]
    [InlineData("OPEN\r\nTEXT 2\r\na\r\n", WebSocketEventError.ContentCutOff, 6)]
    [InlineData("TEXT 1\r\na", WebSocketEventError.ContentCutOff, 0)]
    [InlineData("TEXT 7fffffff\r\na\r\n", WebSocketEventError.ContentCutOff, 0)]
    [InlineData("TEXT 0\r\n", WebSocketEventError.ContentCutOff, 0)]
    [InlineData("TEXT 1\r\nab\r\n", WebSocketEventError.ContentTooLong, 0)]
    [InlineData("HELLO 1\r\nab\r\n", WebSocketEventError.ContentTooLong, 0)]
    public void TryRead_MalformedBody_SaysWhatAndWhere(string body, WebSocketEventError error, int position)
    {
        var reader = new WebSocketEventReader(Encoding.Latin1.GetBytes(body));
        while (reader.TryRead(out _))
        {
        }

        Assert.Equal((error, position), (reader.Error, reader.Position));
    }

    [Fact]
    public void TryRead_AfterAnError_StaysAtIt()
    {
        var reader = new WebSocketEventReader("TEXT x\r\nOPEN\r\n"u8.ToArray());

        Assert.False(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        Assert.Equal(WebSocketEventError.InvalidLength, reader.Error);
    }

    private static string Read(string body)
    {
        var events = new List<string>();
        var reader = new WebSocketEventReader(Encoding.Latin1.GetBytes(body));
        while (reader.TryRead(out var next))
            events.Add(next.Content.Length == 0 ? $"{next.Type}" : $"{next.Type} {Encoding.Latin1.GetString(next.Content.Span)}");
        Assert.Equal(WebSocketEventError.None, reader.Error);
        return string.Join('|', events);
    }
}
