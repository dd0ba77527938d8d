using System.Diagnostics.CodeAnalysis;

namespace GripProxy.Channels.Subscriptions;

/// <summary>The subscriptions of one channel and mode, side by side in memory. Guarded by the shard lock.</summary>
internal struct SubscriberList
{
    // Most often there is one, and it stands here: an array would be one more object to fetch for a delivery.
    private Subscription? _only;

    // Those of a list that has had more than one since it was last empty, or null.
    private Subscription[]? _items;

    public int Count { get; private set; }

    /// <summary>Offset of the last item of the log that was offered here.</summary>
    public long LastOffset { get; set; }

    /// <summary>Offset of the item that was offered before the one that is being offered.</summary>
    public long OffsetBefore { get; set; }

    [UnscopedRef] // The only one is null where the count is 0, and cut off.
    public readonly ReadOnlySpan<Subscription> Items => _items is null ? new ReadOnlySpan<Subscription>(in _only!)[..Count] : _items.AsSpan(0, Count);

    public void Add(Subscription subscription)
    {
        subscription.Index = Count++;
        if (Count == 1)
        {
            _only = subscription;
            return;
        }

        _items ??= [_only!, null!]; // Beyond Count nothing is read.
        _only = null;
        if (Count > _items.Length)
            Array.Resize(ref _items, _items.Length * 2);
        _items[subscription.Index] = subscription;
    }

    /// <summary>Takes one out; the last one moves into its place, so leaving costs the same in a channel of any size.</summary>
    public void Remove(Subscription subscription)
    {
        Count--;
        if (_items is null)
        {
            _only = null;
            subscription.Index = -1;
            return;
        }

        var last = _items[Count];
        _items[subscription.Index] = last;
        last.Index = subscription.Index;
        _items[Count] = null!; // As in Add.
        subscription.Index = -1;
        if (Count == 0)
            _items = null;
        else if (_items.Length > 16 && Count < _items.Length / 4)
            Array.Resize(ref _items, _items.Length / 2);
    }
}
