using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>What becomes of parts that are written as control frames (RFC 6455 §5.5).</summary>
internal static class ControlFrames
{
    /// <summary>Shortens the content of a close frame to what fits; false: a ping or pong that is too long, and is not sent.</summary>
    public static bool TryPrepare(WebSocketPartKind kind, ref ReadOnlyMemory<byte> content, out WebSocketOpcode opcode)
    {
        opcode = kind switch
        {
            WebSocketPartKind.Ping => WebSocketOpcode.Ping,
            WebSocketPartKind.Pong => WebSocketOpcode.Pong,
            WebSocketPartKind.Close => WebSocketOpcode.Close,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is read only, never written."),
        };
        if (opcode == WebSocketOpcode.Close)
            content = WebSocketClose.Fit(content);
        return content.Length <= WebSocketFrameHeader.MaxControlLength;
    }
}
