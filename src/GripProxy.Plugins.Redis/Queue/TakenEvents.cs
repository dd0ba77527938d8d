using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>
/// Events that were read here and have not come to their end: whoever begins to read a tenant anew gets them again. How far each partition was read stands here too.
/// Thread-safe, guarded by its lock.
/// </summary>
internal sealed class TakenEvents
{
    /// <summary>Where reading what an earlier holder left begins.</summary>
    public const string Beginning = "0-0";

    private readonly Lock _gate = new();
    private readonly Dictionary<int, SortedDictionary<long, QueuedEvent>> _events = [];
    private readonly Dictionary<(int Tenant, int Partition), (long Epoch, string Place, string Last)> _places = [];
    private long _last;

    /// <summary>Events of a tenant behind a place, in order.</summary>
    public IReadOnlyList<QueuedEvent> After(int tenant, long after, int limit)
    {
        lock (_gate)
        {
            return after >= _last || !_events.TryGetValue(tenant, out var events)
                ? []
                : [.. events.Where(one => one.Key > after).Take(limit).Select(static one => one.Value)];
        }
    }

    /// <summary>How many events of a tenant were read and have not ended.</summary>
    public int Count(int tenant)
    {
        lock (_gate)
            return _events.TryGetValue(tenant, out var events) ? events.Count : 0;
    }

    /// <summary>
    /// Where what an earlier holder of a partition left is to be read on, empty: it was all read; and the last that was given out as far as has arrived here, by which
    /// the script sees that an answer of it was lost.
    /// </summary>
    public (string Place, string Last) PlaceOf(int tenant, int partition, long epoch)
    {
        lock (_gate)
            return _places.TryGetValue((tenant, partition), out var known) && known.Epoch == epoch ? (known.Place, known.Last) : (Beginning, "");
    }

    /// <summary>Adds events that were read.</summary>
    /// <returns>The same, each with its place in the order of this node.</returns>
    public IReadOnlyList<QueuedEvent> Add(int tenant, int partition, long epoch, (string Place, string Last) now, IEnumerable<QueuedEvent> read)
    {
        // What cannot be understood has not arrived.
        List<QueuedEvent> arrived = [.. read];
        lock (_gate)
        {
            _places[(tenant, partition)] = (epoch, now.Place, now.Last);
            if (!_events.TryGetValue(tenant, out var events))
                _events[tenant] = events = [];
            List<QueuedEvent> added = [];
            foreach (var one in arrived)
            {
                var numbered = one with { Sequence = ++_last };
                events[_last] = numbered;
                added.Add(numbered);
            }

            return added;
        }
    }

    /// <summary>An event is as it is now.</summary>
    public void Change(QueuedEvent one)
    {
        lock (_gate)
        {
            if (_events.TryGetValue(one.Tenant, out var events) && events.ContainsKey(one.Sequence))
                events[one.Sequence] = one;
        }
    }

    /// <summary>Events have come to their end.</summary>
    public void Remove(int tenant, IEnumerable<QueuedEvent> ended)
    {
        lock (_gate)
        {
            if (!_events.TryGetValue(tenant, out var events))
                return;
            foreach (var one in ended)
                events.Remove(one.Sequence);
        }
    }

    /// <summary>Forgets events that are another node's.</summary>
    public void Forget(Func<QueuedEvent, bool> isGone)
    {
        lock (_gate)
        {
            foreach (var events in _events.Values)
            {
                foreach (var sequence in events.Where(one => isGone(one.Value)).Select(static one => one.Key).ToList())
                    events.Remove(sequence);
            }
        }
    }
}
