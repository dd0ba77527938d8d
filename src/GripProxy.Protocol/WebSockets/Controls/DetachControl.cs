namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>Ends the origin's side for ever; the client stays with its channels (WS-12c).</summary>
public sealed record DetachControl : WebSocketControl;
