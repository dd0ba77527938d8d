using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class WebSocketFrameOrderTests
{
    [Fact]
    public void Accept_ControlFramesBetweenFragments_AreLegal()
    {
        var order = new WebSocketFrameOrder(isMasked: false, deflate: false);

        Assert.Equal(WebSocketFault.None, order.Accept(Frame(WebSocketOpcode.Text, isFinal: false)));
        Assert.Equal(WebSocketFault.None, order.Accept(Frame(WebSocketOpcode.Ping)));
        Assert.Equal(WebSocketFault.None, order.Accept(Frame(WebSocketOpcode.Continuation, isFinal: false)));
        Assert.Equal(WebSocketFault.None, order.Accept(Frame(WebSocketOpcode.Pong)));
        Assert.Equal(WebSocketFault.None, order.Accept(Frame(WebSocketOpcode.Continuation)));
        Assert.Equal(WebSocketFault.None, order.Accept(Frame(WebSocketOpcode.Binary)));
        Assert.Equal(WebSocketPartKind.Binary, order.MessageKind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Accept_ContinuationOfNothing_IsAFault(bool isFinal)
    {
        var order = new WebSocketFrameOrder(isMasked: false, deflate: false);
        order.Accept(Frame(WebSocketOpcode.Text));

        Assert.Equal(WebSocketFault.Order, order.Accept(Frame(WebSocketOpcode.Continuation, isFinal)));
    }

    [Fact]
    public void Accept_NewMessageBeforeTheEndOfTheLast_IsAFault()
    {
        var order = new WebSocketFrameOrder(isMasked: false, deflate: false);
        order.Accept(Frame(WebSocketOpcode.Text, isFinal: false));

        Assert.Equal(WebSocketFault.Order, order.Accept(Frame(WebSocketOpcode.Text)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Accept_MaskedTheWrongWay_IsAFault(bool isMasked)
    {
        var order = new WebSocketFrameOrder(isMasked, deflate: false);

        Assert.Equal(WebSocketFault.Masking, order.Accept(Frame(WebSocketOpcode.Text) with { IsMasked = !isMasked }));
    }

    [Theory]
    [InlineData(WebSocketOpcode.Text, false, WebSocketFault.ReservedBits)]
    [InlineData(WebSocketOpcode.Text, true, WebSocketFault.None)]
    [InlineData(WebSocketOpcode.Binary, true, WebSocketFault.None)]
    [InlineData(WebSocketOpcode.Ping, true, WebSocketFault.ReservedBits)]
    [InlineData(WebSocketOpcode.Close, true, WebSocketFault.ReservedBits)]
    [InlineData(WebSocketOpcode.Continuation, true, WebSocketFault.ReservedBits)]
    public void Accept_CompressedBit_BelongsToTheFirstFrameOfAMessage(WebSocketOpcode opcode, bool deflate, WebSocketFault expected)
    {
        var order = new WebSocketFrameOrder(isMasked: false, deflate);
        if (opcode == WebSocketOpcode.Continuation)
            order.Accept(Frame(WebSocketOpcode.Text, isFinal: false) with { IsCompressed = true });

        Assert.Equal(expected, order.Accept(Frame(opcode) with { IsCompressed = true }));
    }

    private static WebSocketFrameHeader Frame(WebSocketOpcode opcode, bool isFinal = true) => new(opcode, isFinal, false, false, 0, 0);
}
