using GripProxy.Protocol.Instructs;

namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>Sets or ends the keep-alive (WS-12d).</summary>
/// <param name="Message">What to send, or null: nothing any more.</param>
/// <param name="Timeout">Time between two sends, a second or more; the sender takes a random part of a second off.</param>
/// <param name="Mode">What starts the timer again.</param>
public sealed record KeepAliveControl(ControlMessage? Message, TimeSpan Timeout, KeepAliveMode Mode) : WebSocketControl;
