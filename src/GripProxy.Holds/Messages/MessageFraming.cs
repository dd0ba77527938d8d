namespace GripProxy.Holds.Messages;

/// <summary>How messages look on the way to clients of one protocol. Immutable; connections with the same framing share what it makes.</summary>
public abstract class MessageFraming
{
    /// <summary>Bytes that say nothing, for a keep-alive. The same memory each time.</summary>
    public abstract ReadOnlyMemory<byte> Ping { get; }

    /// <summary>The bytes of an item.</summary>
    public abstract ReadOnlyMemory<byte> Encode(in ItemMessage message);

    /// <summary>The bytes that say where a client stands on a channel.</summary>
    public abstract ReadOnlyMemory<byte> Encode(in OutcomeMessage message);
}
