namespace GripProxy.Holds.Messages;

/// <summary>What an origin answered about a client of a message protocol (SIG-02). Immutable.</summary>
/// <param name="Controls">JSON of its control messages, in their order.</param>
/// <param name="EndsConnection">True: the origin wants the client to be disconnected, or cannot be asked any more.</param>
public sealed record OriginAnswer(IReadOnlyList<ReadOnlyMemory<byte>> Controls, bool EndsConnection)
{
    /// <summary>It says nothing.</summary>
    public static OriginAnswer Nothing { get; } = new([], EndsConnection: false);
}
