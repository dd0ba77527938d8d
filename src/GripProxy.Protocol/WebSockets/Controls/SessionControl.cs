namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>Names the session that the connection belongs to (WS-12h).</summary>
/// <param name="Id">The session, or null: none.</param>
public sealed record SessionControl(string? Id) : WebSocketControl;
