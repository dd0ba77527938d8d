using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>
/// Messages as frames without compression, for clients: not masked, long ones in fragments of 8192 bytes as in Pushpin (WS-03). A ping or
/// pong that is too long for a frame is none; the reason of a close is shortened. Immutable, thread-safe.
/// </summary>
public sealed class PlainFraming : WebSocketFraming
{
    private PlainFraming()
    {
    }

    /// <summary>The one instance.</summary>
    public static PlainFraming Instance { get; } = new();

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode(WebSocketPartKind kind, ReadOnlyMemory<byte> content) => kind switch
    {
        WebSocketPartKind.Text => WholeFrames.Message(WebSocketOpcode.Text, content.Span, isCompressed: false),
        WebSocketPartKind.Binary => WholeFrames.Message(WebSocketOpcode.Binary, content.Span, isCompressed: false),
        _ => WholeFrames.Control(kind, content),
    };
}
