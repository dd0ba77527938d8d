using System.Buffers;
using GripProxy.Forwarding.SockJs.Frames;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>Messages for sessions over HTTP: JSON strings, each with a comma in front, so that joined ones are the inside of a frame. Immutable.</summary>
internal sealed class SockJsMessageFraming : WebSocketFraming
{
    private SockJsMessageFraming()
    {
    }

    /// <summary>The one framing of all sessions.</summary>
    public static SockJsMessageFraming Instance { get; } = new();

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Encode(WebSocketPartKind kind, ReadOnlyMemory<byte> content)
    {
        if (kind is not (WebSocketPartKind.Text or WebSocketPartKind.Binary))
            return default;
        var output = new ArrayBufferWriter<byte>(content.Length + 16);
        output.Write(",\""u8);
        SockJsText.Escape(content.Span, isFinal: true, output);
        output.Write("\""u8);
        return output.WrittenMemory;
    }
}
