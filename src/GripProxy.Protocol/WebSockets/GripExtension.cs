namespace GripProxy.Protocol.WebSockets;

/// <summary>What an origin said with <c>Sec-WebSocket-Extensions: grip</c> (WS-10). Immutable.</summary>
/// <param name="MessagePrefix">What messages for the client start with; it is taken off (WS-11).</param>
public sealed record GripExtension(string MessagePrefix);
