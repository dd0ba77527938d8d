using GripProxy.Channels.Timing;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Publishing;

/// <summary>
/// Items of one channel whose predecessor has not come yet (PUB-31), by the id they wait for and in the order they came. Guarded by the shard lock.
/// </summary>
internal sealed class WaitingItems(WheelTimer timer)
{
    /// <summary>How many items may wait on one channel.</summary>
    public const int Max = 100;

    private readonly List<(Item Item, long Since)> _items = [];

    /// <summary>Fires when the oldest item has waited long enough.</summary>
    public WheelTimer Timer { get; } = timer;

    public int Count => _items.Count;

    /// <summary>Timestamp at which the oldest item came.</summary>
    public long OldestSince => _items[0].Since;

    /// <summary>Takes the item in, unless another one waits for the same id or too many wait.</summary>
    public WaitingResult Add(Item item, long now)
    {
        if (_items.Exists(w => w.Item.PrevId == item.PrevId))
            return WaitingResult.PlaceIsTaken;
        if (_items.Count >= Max)
            return WaitingResult.TooMany;
        _items.Add((item, now));
        return WaitingResult.Waits;
    }

    /// <summary>True if the item of this id waits.</summary>
    public bool Has(string id) => _items.Exists(w => w.Item.Id == id);

    /// <summary>Takes the item that waits for <paramref name="id"/>, or null.</summary>
    public Item? TakeAfter(string id)
    {
        var index = _items.FindIndex(w => w.Item.PrevId == id);
        if (index < 0)
            return null;
        var item = _items[index].Item;
        _items.RemoveAt(index);
        return item;
    }

    /// <summary>Takes the item that came first.</summary>
    public Item TakeOldest()
    {
        var item = _items[0].Item;
        _items.RemoveAt(0);
        return item;
    }

    public void Clear() => _items.Clear();
}
