using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>As <see cref="PlainFraming"/>, but messages are compressed unless they are short (WS-02, RFC 7692 §7.2.1). Immutable, thread-safe.</summary>
public sealed class DeflateFraming : WebSocketFraming
{
    private DeflateFraming()
    {
    }

    /// <summary>The one instance.</summary>
    public static DeflateFraming Instance { get; } = new();

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode(WebSocketPartKind kind, ReadOnlyMemory<byte> content)
    {
        if (kind is not (WebSocketPartKind.Text or WebSocketPartKind.Binary) || content.Length < Deflater.MinMessage)
            return PlainFraming.Instance.Encode(kind, content);
        var opcode = kind == WebSocketPartKind.Text ? WebSocketOpcode.Text : WebSocketOpcode.Binary;
        using var compressed = Deflater.Compress(content.Span, isLast: true);
        return WholeFrames.Message(opcode, compressed.Written.Span, isCompressed: true);
    }
}
