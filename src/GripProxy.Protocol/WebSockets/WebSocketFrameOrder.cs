namespace GripProxy.Protocol.WebSockets;

/// <summary>
/// The rules that reach over several frames: which may come next, and who masks (RFC 6455 §5.1, §5.4). Control frames may come between the
/// frames of a message (DIF-08). Owned by who reads the connection.
/// </summary>
/// <param name="isMasked">Whether the peer masks: true if it is the side that connected.</param>
/// <param name="deflate">Whether the peer may compress (RFC 7692).</param>
public sealed class WebSocketFrameOrder(bool isMasked, bool deflate)
{
    private bool _isOpen;

    /// <summary>Kind of the message whose frame was accepted last.</summary>
    public WebSocketPartKind MessageKind { get; private set; }

    /// <summary>True if that message is compressed.</summary>
    public bool IsCompressed { get; private set; }

    /// <summary>Judges the next frame.</summary>
    public WebSocketFault Accept(in WebSocketFrameHeader header)
    {
        if (header.IsMasked != isMasked)
            return WebSocketFault.Masking;
        if (header.IsControl)
            return header.IsCompressed ? WebSocketFault.ReservedBits : WebSocketFault.None;
        var isContinuation = header.Opcode == WebSocketOpcode.Continuation;
        if (header.IsCompressed && (isContinuation || !deflate))
            return WebSocketFault.ReservedBits;
        if (isContinuation != _isOpen)
            return WebSocketFault.Order;
        if (!isContinuation)
        {
            MessageKind = header.Opcode == WebSocketOpcode.Text ? WebSocketPartKind.Text : WebSocketPartKind.Binary;
            IsCompressed = header.IsCompressed;
        }

        _isOpen = !header.IsFinal;
        return WebSocketFault.None;
    }
}
