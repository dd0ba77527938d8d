using GripProxy.Protocol.Http;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public class GripExtensionTests
{
    [Theory]
    [InlineData("grip", "m:")]
    [InlineData("GRIP ; Message-Prefix=\"\"", "")]
    [InlineData("grip; message-prefix=\"data:\"", "data:")]
    [InlineData("grip; message-prefix=x", "x")]
    [InlineData("grip; message-prefix=\"a,b;\\\"c\\\"\"; other", "a,b;\"c\"")]
    [InlineData("permessage-deflate; client_max_window_bits, grip; message-prefix=\"\"", "")]
    [InlineData("grip; message-prefix=\"never ends, grip", null)]
    [InlineData("gripe", null)]
    [InlineData("", null)]
    public void Find_OneHeader_GivesThePrefix(string header, string? prefix) =>
        Assert.Equal(prefix, GripExtension.Find(new HeaderList([new HeaderField("sec-websocket-extensions", header)]))?.MessagePrefix);

    [Fact]
    public void Find_SeveralHeaders_LooksAtAll() =>
        Assert.Equal("p", GripExtension.Find(new HeaderList(
        [
            new HeaderField("Sec-WebSocket-Extensions", "permessage-deflate"),
            new HeaderField("Sec-WebSocket-Extensions", "grip; message-prefix=p"),
        ]))?.MessagePrefix);

    [Fact]
    public void Find_NoHeader_GivesNull() => Assert.Null(GripExtension.Find(HeaderList.Empty));
}
