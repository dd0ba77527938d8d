namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>What an origin asks of the proxy in a message that starts with <c>c:</c> (WS-12). Immutable, as are all its kinds.</summary>
public abstract record WebSocketControl;
