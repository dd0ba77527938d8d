namespace GripProxy.Channels.Delivery;

/// <summary>One entry of an <see cref="OutboundQueue"/>. Immutable.</summary>
/// <param name="Bytes">What to write, shared by all connections; or, for a late piece, what it will be made of. Their length counts.</param>
/// <param name="Late">Makes the bytes when their turn comes, or null: they are ready.</param>
/// <param name="PublishedAt">When it was published, if its way is timed, for <see cref="Diagnostics.DeliveryInstruments.Written"/>; else 0.</param>
public readonly record struct OutboundPiece(ReadOnlyMemory<byte> Bytes, LatePiece? Late, long PublishedAt = 0);
