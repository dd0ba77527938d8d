using GripProxy.Channels.Delivery;

namespace GripProxy.Holds.Messages;

/// <summary>Stands in the queue where the client is to be disconnected; nothing behind it is written. Immutable.</summary>
/// <param name="text">What the client is told.</param>
internal sealed class EndPiece(string text) : LatePiece
{
    /// <summary>What the client is told, or empty.</summary>
    public string Text => text;

    /// <inheritdoc/>
    public override bool MayWait => false;

    /// <summary>Nothing: the writer disconnects by itself.</summary>
    public override ValueTask<ReadOnlyMemory<byte>> MakeAsync() => default;
}
