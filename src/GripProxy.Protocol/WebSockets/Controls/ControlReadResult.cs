namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>What came of reading a control message: exactly one of the two. Immutable.</summary>
/// <param name="Control">What the origin asks, or null.</param>
/// <param name="Error">Why the message cannot be used, or null.</param>
public readonly record struct ControlReadResult(WebSocketControl? Control, string? Error)
{
    /// <summary>The message is fine.</summary>
    public static implicit operator ControlReadResult(WebSocketControl control) => new(control, null);

    /// <summary>The message cannot be used.</summary>
    public static implicit operator ControlReadResult(string error) => new(null, error);
}
