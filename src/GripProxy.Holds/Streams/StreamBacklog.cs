using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Streams;

/// <summary>
/// What waits for one stream: bytes to be written, and items that came while it was joining or fetching. Bounded by the rules of its channels
/// (own-config.md, Overflow); counts what goes for newer items. Guarded by the hold's lock; only the writer takes bytes without it.
/// </summary>
internal sealed class StreamBacklog(StreamHold hold) : OutboundQueue(hold.Gate)
{
    private HeldBackItems? _heldBack;
    private bool _tellsOrder;

    /// <summary>Bytes of all that waits, held back or to be written.</summary>
    public long WaitingBytes => Bytes + (_heldBack?.Bytes ?? 0);

    /// <summary>True if an item that was held back is missing, and the stream may not go on in silence.</summary>
    public bool IsIncomplete => _heldBack is { IsIncomplete: true };

    /// <summary>Keeps an item back, or says that there is no room.</summary>
    public EnqueueResult HoldBack(Subscription subscription, Item item)
    {
        _heldBack ??= new HeldBackItems(static item => item.HttpStream!.Content.Length, DropReason.NotJoined); // Only items with this format come there.
        var result = _heldBack.Add(subscription, item);
        hold.CountDropped(DropReason.NotJoined, _heldBack.TakePushedOut());
        return result;
    }

    /// <summary>Hands over what was held back, for a hold that goes on with these channels.</summary>
    public (Subscription Subscription, Item Item)[] TakeHeldBack(HeldChannel[] channels)
    {
        _tellsOrder = false;
        foreach (var channel in channels)
            _tellsOrder |= channel.Subscription.PrevId is not null || channel.Subscription.Cursor is not null;
        var all = _heldBack?.TakeAll() ?? [];
        _heldBack = null;
        return all;
    }

    /// <summary>Puts content into the queue, or says that there is no room.</summary>
    public EnqueueResult Enqueue(Subscription subscription, ReadOnlyMemory<byte> content, LatePiece? late, long publishedAt)
    {
        // Where one channel tells the order, nothing is pushed out: it could be of that channel, and the client would never know.
        var result = Enqueue(content, subscription.Rule, late, mayPushOut: !_tellsOrder, publishedAt);
        if (subscription.Rule.Overflow == OverflowPolicy.DropOldest)
            hold.CountDropped(DropReason.QueueFull, TakePushedOut());
        return result;
    }
}
