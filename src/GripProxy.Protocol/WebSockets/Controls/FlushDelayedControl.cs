namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>Sends what waits because of <see cref="SendDelayedControl"/> at once (WS-12f).</summary>
public sealed record FlushDelayedControl : WebSocketControl;
