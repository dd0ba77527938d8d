namespace GripProxy.Channels.Delivery;

/// <summary>
/// Bytes for one connection that are made only when the writer comes to them, because making them costs something: the writer has no lock,
/// keeps the order, and does one thing after the other. Owned by the queue, then by the writer.
/// </summary>
public abstract class LatePiece
{
    /// <summary>True if making it may take as long as a network does; the writer sends what stands before it first.</summary>
    public abstract bool MayWait { get; }

    /// <summary>Makes the bytes; none: there is nothing to write. Called once. Throws only what ends the connection.</summary>
    public abstract ValueTask<ReadOnlyMemory<byte>> MakeAsync();
}
