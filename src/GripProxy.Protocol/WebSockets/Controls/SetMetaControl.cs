namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>Sets or removes a value that filters look at (WS-12g, FLT-02).</summary>
/// <param name="Name">Its name, not empty.</param>
/// <param name="Value">The value, or null: remove it.</param>
public sealed record SetMetaControl(string Name, string? Value) : WebSocketControl;
