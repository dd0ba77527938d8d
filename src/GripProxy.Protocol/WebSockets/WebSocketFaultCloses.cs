namespace GripProxy.Protocol.WebSockets;

/// <summary>What a peer is told that broke the rules. Made once: a flood of broken frames costs nothing here. Immutable.</summary>
public static class WebSocketFaultCloses
{
    private static readonly byte[] ReservedBits = ProtocolError("reserved bits");
    private static readonly byte[] Opcode = ProtocolError("unknown opcode");
    private static readonly byte[] Masking = ProtocolError("wrong masking");
    private static readonly byte[] Length = ProtocolError("bad length");
    private static readonly byte[] ControlFrame = ProtocolError("bad control frame");
    private static readonly byte[] Order = ProtocolError("frame out of order");
    private static readonly byte[] CloseContent = ProtocolError("bad close frame");
    private static readonly byte[] Text = new WebSocketClose(1007, "text is not UTF-8").ToContent();
    private static readonly byte[] Compression = new WebSocketClose(1007, "bad compression").ToContent();
    private static readonly byte[] TooBig = new WebSocketClose(1009, "message too big").ToContent();

    /// <summary>The content of the close frame that a fault has earned (RFC 6455 §7.4.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no fault.</exception>
    public static ReadOnlyMemory<byte> ToCloseContent(this WebSocketFault fault) => fault switch
    {
        WebSocketFault.ReservedBits => ReservedBits,
        WebSocketFault.Opcode => Opcode,
        WebSocketFault.Masking => Masking,
        WebSocketFault.Length => Length,
        WebSocketFault.ControlFrame => ControlFrame,
        WebSocketFault.Order => Order,
        WebSocketFault.Text => Text,
        WebSocketFault.CloseContent => CloseContent,
        WebSocketFault.TooBig => TooBig,
        WebSocketFault.Compression => Compression,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is no fault to tell of."),
    };

    private static byte[] ProtocolError(string reason) => new WebSocketClose(1002, reason).ToContent();
}
