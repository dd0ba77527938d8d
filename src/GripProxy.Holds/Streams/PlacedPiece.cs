using GripProxy.Channels.Delivery;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Streams;

/// <summary>An item whose event says where its client stands on several channels, which is known when the writer comes to it (LOG-04). Immutable.</summary>
internal sealed class PlacedPiece(StreamLog log, Item item) : LatePiece
{
    /// <inheritdoc/>
    public override bool MayWait => false;

    /// <inheritdoc/>
    public override ValueTask<ReadOnlyMemory<byte>> MakeAsync() => ValueTask.FromResult(log.Frame(item, item.HttpStream!.Content)); // Only items with this format come here.
}
