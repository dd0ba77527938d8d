using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Pipeline;

/// <summary>
/// Events that were read and stand behind others of their distinct id: they take no place in the line, where they would be in the way of other ids (plugins.md §7.2).
/// Guarded by the lock of the line, which owns it.
/// </summary>
/// <param name="most">How many of one id may be in the line.</param>
internal sealed class EventsBehind(int most)
{
    private readonly Dictionary<string, int> _inLine = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<QueuedEvent>> _behind = new(StringComparer.Ordinal);

    /// <summary>Bytes of their bodies.</summary>
    public long Bytes { get; private set; }

    /// <summary>An event goes into the line, or behind others.</summary>
    /// <param name="one">The event.</param>
    /// <param name="isHeld">True: nothing of its id is to be in the line.</param>
    /// <returns>True if it goes into the line.</returns>
    public bool TryEnter(QueuedEvent one, bool isHeld)
    {
        if (!isHeld && !_behind.ContainsKey(one.Key) && _inLine.GetValueOrDefault(one.Key) < most)
        {
            Enter(one);
            return true;
        }

        if (!_behind.TryGetValue(one.Key, out var others))
            _behind[one.Key] = others = new Queue<QueuedEvent>();
        others.Enqueue(one);
        Bytes += one.Body.Length;
        return false;
    }

    /// <summary>An event goes into the line in any case: it is before all others of its id.</summary>
    public void Enter(QueuedEvent one) => _inLine[one.Key] = _inLine.GetValueOrDefault(one.Key) + 1;

    /// <summary>An event has left the line.</summary>
    public void Leave(QueuedEvent one)
    {
        if (--_inLine[one.Key] == 0)
            _inLine.Remove(one.Key);
    }

    /// <summary>Those of an id that go into the line now, in their order.</summary>
    public IEnumerable<QueuedEvent> Follow(string key)
    {
        while (_inLine.GetValueOrDefault(key) < most && _behind.TryGetValue(key, out var others))
        {
            var one = others.Dequeue();
            Bytes -= one.Body.Length;
            if (others.Count == 0)
                _behind.Remove(key);
            Enter(one);
            yield return one;
        }
    }

    /// <summary>Forgets events that are not wanted any more.</summary>
    public void Forget(Func<QueuedEvent, bool> isGone)
    {
        foreach (var (key, others) in _behind.ToList())
        {
            var kept = others.Where(one => !isGone(one)).ToList();
            Bytes -= others.Where(isGone).Sum(static one => (long)one.Body.Length);
            if (kept.Count > 0)
                _behind[key] = new Queue<QueuedEvent>(kept);
            else
                _behind.Remove(key);
        }
    }
}
