using System.Buffers;
using GripProxy.Forwarding.SockJs.Frames;
using GripProxy.Holds.WebSockets;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs.Sockets;

/// <summary>Messages for WebSockets with SockJS frames: each is an array frame in a message of its own (SJS-04). Immutable.</summary>
internal sealed class SockJsSocketFraming : WebSocketFraming
{
    private static readonly SockJsSocketFraming Plain = new(PlainFraming.Instance);
    private static readonly SockJsSocketFraming Compressed = new(DeflateFraming.Instance);

    private readonly WebSocketFraming _inner;

    private SockJsSocketFraming(WebSocketFraming inner) => _inner = inner;

    /// <summary>What stands before the text of a message.</summary>
    public static ReadOnlySpan<byte> Before => "a[\""u8;

    /// <summary>What stands after it.</summary>
    public static ReadOnlySpan<byte> After => "\"]"u8;

    /// <summary>The one instance for WebSockets with a framing.</summary>
    public static SockJsSocketFraming Over(WebSocketFraming inner) => inner == DeflateFraming.Instance ? Compressed : Plain;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode(WebSocketPartKind kind, ReadOnlyMemory<byte> content)
    {
        switch (kind)
        {
            case WebSocketPartKind.Text or WebSocketPartKind.Binary:
                var frame = new ArrayBufferWriter<byte>(content.Length + 16);
                frame.Write(Before);
                SockJsText.Escape(content.Span, isFinal: true, frame);
                frame.Write(After);
                return _inner.Encode(WebSocketPartKind.Text, frame.WrittenMemory);
            case WebSocketPartKind.Close:
                return _inner.Encode(kind, content);
            default:
                return default;
        }
    }
}
