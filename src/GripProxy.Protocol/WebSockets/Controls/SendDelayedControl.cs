namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>Sends a message after a while; one that waits already is sent at once (WS-12e).</summary>
/// <param name="Message">What to send.</param>
/// <param name="Timeout">When, from now, a second or more.</param>
public sealed record SendDelayedControl(ControlMessage Message, TimeSpan Timeout) : WebSocketControl;
