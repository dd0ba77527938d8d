using System.Text;

namespace GripProxy.Protocol.WebSockets;

/// <summary>One event of WebSocket-over-HTTP (WOH-03).</summary>
/// <param name="Type">What it is.</param>
/// <param name="Content">The message, the payload of a ping or pong, or the content of a close frame; a slice of the body it was read from.</param>
public readonly record struct WebSocketEvent(WebSocketEventType Type, ReadOnlyMemory<byte> Content)
{
    /// <summary><see cref="Content"/> as text. Bytes that are no UTF-8 become U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Content.Span);

    /// <summary>Code and reason of a <c>CLOSE</c>; null if it has none, or if this is no <c>CLOSE</c>.</summary>
    public WebSocketClose? Close => Type == WebSocketEventType.Close ? WebSocketClose.Read(Content.Span) : null;
}
