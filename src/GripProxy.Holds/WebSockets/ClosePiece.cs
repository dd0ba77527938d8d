using GripProxy.Channels.Delivery;

namespace GripProxy.Holds.WebSockets;

/// <summary>Stands in the queue where the client's connection is to be closed; nothing behind it is written. Immutable.</summary>
/// <param name="content">Content of the close frame.</param>
internal sealed class ClosePiece(ReadOnlyMemory<byte> content) : LatePiece
{
    /// <summary>Content of the close frame.</summary>
    public ReadOnlyMemory<byte> Content => content;

    /// <inheritdoc/>
    public override bool MayWait => false;

    /// <summary>Nothing: the writer sends the close frame by itself.</summary>
    public override ValueTask<ReadOnlyMemory<byte>> MakeAsync() => default;
}
