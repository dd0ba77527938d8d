using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Logs;

/// <summary>
/// One channel's items of one epoch: the newest within the bounds of the channel's rule, in a ring that grows as needed. Guarded by its own lock,
/// inside the lock of a shard.
/// </summary>
internal sealed class ChannelHistory(string epoch, ChannelRule rule, TimeProvider time)
{
    private const int FirstSize = 4;

    private readonly Lock _gate = new();
    private Entry[] _ring = [];
    private int _first;
    private int _count;
    private long _bytes;
    private long _newest;
    private string? _newestId;
    private long _used = time.GetTimestamp();
    private bool _isClosed;

    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>Keeps one more item and says where. Null: nothing is taken any more, another history has begun.</summary>
    public Position? Append(Item item, long now)
    {
        lock (_gate)
        {
            if (_isClosed)
                return null;
            var position = new Position(epoch, ++_newest);
            var entry = new Entry(item with { Position = position }, LoggedForms.SizeOf(item), now);
            if (_count == _ring.Length)
                Grow();
            _ring[(_first + _count) % _ring.Length] = entry;
            _count++;
            _bytes += entry.Size;
            _newestId = item.Id;
            _used = now;
            Trim(now);
            return position;
        }
    }

    public LogState GetState(long now)
    {
        lock (_gate)
        {
            Use(now);
            return new LogState(new Position(epoch, _newest), Oldest, _newestId, _count, _bytes);
        }
    }

    public LogPage Read(Position after, int maxItems, long maxBytes, long now)
    {
        lock (_gate)
        {
            Use(now);
            var newest = new Position(epoch, _newest);
            if (Judge(after) is var outcome && outcome != ResumeOutcome.Resumed)
                return new LogPage(outcome, [], newest);
            return new LogPage(outcome, Copy((int)(after.Offset + 1 - Oldest), maxItems, maxBytes), newest);
        }
    }

    public LogPage ReadNewest(int maxItems, long now)
    {
        lock (_gate)
        {
            Use(now);
            var items = new Item[Math.Min(maxItems, _count)];
            for (var i = 0; i < items.Length; i++)
                items[i] = At(_count - 1 - i).Item;
            return new LogPage(ResumeOutcome.Resumed, items, new Position(epoch, _newest));
        }
    }

    public LogPlace Find(string id, long now)
    {
        lock (_gate)
        {
            Use(now);
            var isUnproven = _count == 0 && _newestId is null;
            if (id == _newestId || isUnproven)
                return new LogPlace(ResumeOutcome.Resumed, new Position(epoch, _newest), isUnproven);
            for (var i = _count - 1; i >= 0; i--)
            {
                if (At(i).Item.Id == id)
                    return new LogPlace(ResumeOutcome.Resumed, new Position(epoch, Oldest + i));
            }

            return new LogPlace(ResumeOutcome.Expired, default);
        }
    }

    /// <summary>Lets go of what is too old. When nothing is left, says when the channel was last used.</summary>
    public long? DropOld(long now)
    {
        lock (_gate)
        {
            Trim(now);
            return _count == 0 ? _used : null;
        }
    }

    /// <summary>Takes nothing any more, unless something is kept.</summary>
    public bool TryClose()
    {
        lock (_gate)
            return _isClosed = _count == 0;
    }

    private long Oldest => _newest - _count + 1;

    private ref Entry At(int index) => ref _ring[(_first + index) % _ring.Length];

    private ResumeOutcome Judge(Position after)
    {
        if (after.Epoch != epoch)
            return ResumeOutcome.Epoch;
        if (after.Offset > _newest)
            return ResumeOutcome.Ahead;
        return after.Offset < Oldest - 1 ? ResumeOutcome.Expired : ResumeOutcome.Resumed;
    }

    private List<Item> Copy(int from, int maxItems, long maxBytes)
    {
        var items = new List<Item>(Math.Min(maxItems, _count - from));
        for (var i = from; i < _count && items.Count < maxItems; i++)
        {
            ref var entry = ref At(i);
            if (items.Count > 0 && entry.Size > maxBytes)
                break;
            items.Add(entry.Item);
            maxBytes -= entry.Size;
        }

        return items;
    }

    private void Use(long now)
    {
        _used = now;
        Trim(now);
    }

    private void Trim(long now)
    {
        while (_count > 0 && (_count > rule.KeptItems || (_count > 1 && _bytes > rule.LogBytes) || time.GetElapsedTime(At(0).At, now) >= rule.LogAge))
        {
            _bytes -= At(0).Size;
            At(0) = default;
            _first = (_first + 1) % _ring.Length;
            _count--;
        }

        if (_count == 0)
            (_ring, _first) = ([], 0);
    }

    private void Grow()
    {
        var ring = new Entry[Math.Max(FirstSize, _ring.Length * 2)];
        for (var i = 0; i < _count; i++)
            ring[i] = At(i);
        (_ring, _first) = (ring, 0);
    }

    private readonly record struct Entry(Item Item, long Size, long At);
}
