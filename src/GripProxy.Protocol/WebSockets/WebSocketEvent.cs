namespace GripProxy.Protocol.WebSockets;

/// <summary>One event of WebSocket-over-HTTP (WOH-03).</summary>
/// <param name="Type">What it is.</param>
/// <param name="Content">The message, the payload of a ping or pong, or the content of a close frame; a slice of the body it was read from.</param>
public readonly record struct WebSocketEvent(WebSocketEventType Type, ReadOnlyMemory<byte> Content);
