namespace GripProxy.Channels.Subscriptions;

/// <summary>The subscriptions of one channel and mode, side by side in memory. Guarded by the shard lock.</summary>
internal struct SubscriberList
{
    private Subscription[]? _items;

    public int Count { get; private set; }

    /// <summary>Offset of the last item of the log that was offered here.</summary>
    public long LastOffset { get; set; }

    /// <summary>Offset of the item that was offered before the one that is being offered.</summary>
    public long OffsetBefore { get; set; }

    public readonly ReadOnlySpan<Subscription> Items => _items.AsSpan(0, Count);

    public void Add(Subscription subscription)
    {
        _items ??= new Subscription[1];
        if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        subscription.Index = Count;
        _items[Count++] = subscription;
    }

    /// <summary>Takes one out; the last one moves into its place, so leaving costs the same in a channel of any size.</summary>
    public void Remove(Subscription subscription)
    {
        var last = _items![--Count];
        _items[subscription.Index] = last;
        last.Index = subscription.Index;
        _items[Count] = null!; // Beyond Count nothing is read.
        subscription.Index = -1;
        if (Count == 0)
            _items = null;
        else if (_items.Length > 16 && Count < _items.Length / 4)
            Array.Resize(ref _items, _items.Length / 2);
    }
}
