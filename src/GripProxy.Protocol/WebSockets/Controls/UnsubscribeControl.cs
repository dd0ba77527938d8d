namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>Takes a channel away; one that the client does not have, or has from its route, is left alone (WS-12b).</summary>
/// <param name="Channel">Name without route prefix, not empty.</param>
public sealed record UnsubscribeControl(string Channel) : WebSocketControl;
