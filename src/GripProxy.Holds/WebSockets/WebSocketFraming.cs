using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>Makes the bytes of a whole message, once for all clients that use the same instance (design: encode once). Immutable, thread-safe.</summary>
public abstract class WebSocketFraming
{
    /// <summary>The bytes of one message or control frame; none where this kind of client never gets that kind. May be joined with others.</summary>
    public abstract ReadOnlyMemory<byte> Encode(WebSocketPartKind kind, ReadOnlyMemory<byte> content);
}
