namespace GripProxy.Forwarding.SockJs.Frames;

/// <summary>What a session gives to a request that waits.</summary>
/// <param name="Text">The frame; empty: the session was cut off, there is none.</param>
/// <param name="IsLast">No frame follows.</param>
internal readonly record struct SockJsFrame(ReadOnlyMemory<byte> Text, bool IsLast = false)
{
    /// <summary>The session was cut off.</summary>
    public static SockJsFrame None { get; } = new(default, IsLast: true);

    /// <summary>True if there is no frame.</summary>
    public bool IsNone => Text.IsEmpty;
}
