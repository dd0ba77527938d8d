using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class WebSocketFaultClosesTests
{
    [Fact]
    public void ToCloseContent_EveryFault_IsThatOfACloseFrameWithAReason()
    {
        foreach (var fault in Enum.GetValues<WebSocketFault>().Where(fault => fault != WebSocketFault.None))
        {
            var content = fault.ToCloseContent();
            Assert.Equal(WebSocketFault.None, WebSocketClose.Check(content.Span));
            var close = WebSocketClose.Read(content.Span);
            Assert.NotNull(close);
            Assert.NotEmpty(close.Value.Reason);
            Assert.Equal(
                fault switch
                {
                    WebSocketFault.Text or WebSocketFault.Compression => 1007,
                    WebSocketFault.TooBig => 1009,
                    _ => 1002,
                },
                close.Value.Code);
        }
    }
}
