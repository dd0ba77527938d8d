using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;

namespace GripProxy.Channels.Tracing;

/// <summary>
/// What waits for one connection of an item whose trace is wanted: it tells when it was written or let go. Other pieces carry nothing for this.
/// Owned by the queue, then by the writer.
/// </summary>
public sealed class FollowedPiece : LatePiece
{
    private readonly ItemTrail _trail;
    private readonly IOutbound _outbound;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly LatePiece? _late;
    private bool _isVoid;

    private FollowedPiece(ItemTrail trail, IOutbound outbound, ReadOnlyMemory<byte> bytes, LatePiece? late)
    {
        _trail = trail;
        _outbound = outbound;
        _bytes = bytes;
        _late = late;
    }

    /// <inheritdoc/>
    public override bool MayWait => _late is { MayWait: true };

    /// <summary>The late piece of a delivery, wrapped if the item's trace is wanted; else as it is.</summary>
    /// <param name="trail">The item's trail, or null.</param>
    /// <param name="outbound">The connection.</param>
    /// <param name="bytes">What is to be written if <paramref name="late"/> makes nothing else of it.</param>
    /// <param name="late">Makes the bytes, or null: they are ready.</param>
    public static LatePiece? Wrap(ItemTrail? trail, IOutbound outbound, ReadOnlyMemory<byte> bytes, LatePiece? late) =>
        trail is { IsTraced: true } ? new FollowedPiece(trail, outbound, bytes, late) : late;

    /// <inheritdoc/>
    public override async ValueTask<ReadOnlyMemory<byte>> MakeAsync()
    {
        if (_late is null)
            return _bytes;
        var made = await _late.MakeAsync();
        // Its filters have said why.
        _isVoid = made.IsEmpty;
        return made;
    }

    /// <summary>For the writer: the bytes are with the network.</summary>
    public void NoteWritten()
    {
        if (!_isVoid)
            _trail.NoteWritten(_outbound);
    }

    /// <summary>For the queue: the piece will not be written.</summary>
    public void NoteDropped(DropReason reason) => _trail.Note(_outbound, DeliveryOutcome.Dropped(reason));
}
