using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Pipeline;

/// <summary>
/// The events that were read ahead from a tenant's queue, and which of them may go next: events of one distinct id are never in two batches at a time, and one that
/// is tried again waits for its time (plugins.md §5.2, §8). Thread-safe, guarded by its lock. Owned by the dispatcher.
/// </summary>
internal sealed class EventLine : IAsyncDisposable
{
    // What is read ahead: enough for all batches under way and the next.
    private const int Window = 2000;

    // What is in memory and cannot go soon, because it stands behind others of its id or waits for its time. With more nothing is read until some of it has gone.
    private const long MostBytesAside = 64 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly LinkedList<QueuedEvent> _waiting = new();
    private readonly EventsBehind _behind;
    private readonly PriorityQueue<QueuedEvent, DateTimeOffset> _postponed = new();
    private readonly HashSet<string> _busy = new(StringComparer.Ordinal);
    // Strict order: ids of postponed events. Each is let go for its own event, which is first in line then.
    private readonly HashSet<string> _held = new(StringComparer.Ordinal);
    private readonly DispatchOptions _options;
    private readonly TimeProvider _time;
    private readonly Action _wake;
    private readonly ITimer _due;
    private DateTimeOffset _paused;
    private readonly Func<int> _replicas;
    private readonly Dictionary<int, int> _batches = [];
    private long _postponedBytes;
    private int _inFlight;

    /// <summary>Nothing is in it yet.</summary>
    /// <param name="options">How many at a time, and in which order.</param>
    /// <param name="time">The clock.</param>
    /// <param name="wake">Told when there may be a batch. Does not wait and does not call back.</param>
    /// <param name="replicas">How many cells share the events; null: there is one.</param>
    public EventLine(DispatchOptions options, TimeProvider time, Action wake, Func<int>? replicas = null)
    {
        _replicas = replicas ?? (static () => 1);
        _options = options;
        _time = time;
        _wake = wake;
        // As many of an id as could go at a time.
        _behind = new EventsBehind(options.Strict ? 1 : options.Batch);
        _due = time.CreateTimer(static wake => ((Action)wake!)(), wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Events that are under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>How long the first event that was not tried yet has waited to be in a batch; zero: there is none.</summary>
    public TimeSpan Waiting
    {
        get
        {
            lock (_gate)
            {
                var waits = _waiting.FirstOrDefault(static one => one.Attempts == 0) is { } first ? _time.GetUtcNow() - first.Received : TimeSpan.Zero;
                return waits > TimeSpan.Zero ? waits : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Takes up events whose time has come.</summary>
    /// <returns>How many events are to be read from the queue now; 0: enough are there.</returns>
    public int TakeDue()
    {
        lock (_gate)
        {
            // A retried event goes to the front: it is the oldest of its kind.
            while (_postponed.TryPeek(out var one, out var due) && due <= _time.GetUtcNow())
            {
                _postponed.Dequeue();
                _postponedBytes -= one.Body.Length;
                _held.Remove(one.Key);
                PutFirst(one);
            }

            SetTimer();
            var room = Window - _waiting.Count;
            return room < Window / 2 || _behind.Bytes + _postponedBytes > MostBytesAside ? 0 : room;
        }
    }

    /// <summary>Adds events that were read from the queue, in their order.</summary>
    public void Add(IReadOnlyList<QueuedEvent> read)
    {
        lock (_gate)
        {
            foreach (var one in read)
            {
                if (one.NotBefore is { } time && time > _time.GetUtcNow())
                    Enqueue(one, time);
                else if (_behind.TryEnter(one, _held.Contains(one.Key)))
                    _waiting.AddLast(one);
            }

            SetTimer();
        }
    }

    /// <summary>The events that go next, or null: none may now. They are under way until they are released or put back.</summary>
    public CellBatch? NextBatch()
    {
        lock (_gate)
        {
            var replicas = _replicas();
            if (_waiting.Count == 0 || _paused > _time.GetUtcNow() || Enumerable.Range(0, replicas).All(replica => !HasRoom(replica)))
                return null;
            List<QueuedEvent> batch = [];
            HashSet<string> keys = new(StringComparer.Ordinal);
            // Whoever goes first says to which cell they go.
            int? chosen = null;
            for (var node = _waiting.First; node is not null && batch.Count < _options.Batch;)
            {
                var next = node.Next;
                if (MayRun(node.Value.Key, keys) && KeySpread.ReplicaOf(node.Value.Key, replicas) is var replica && (chosen is null ? HasRoom(replica) : chosen == replica))
                {
                    chosen = replica;
                    batch.Add(node.Value);
                    keys.Add(node.Value.Key);
                    Take(node);
                }

                node = next;
            }

            if (chosen is not { } cell)
                return null;
            _busy.UnionWith(keys);
            _batches[cell] = _batches.GetValueOrDefault(cell) + 1;
            _inFlight += batch.Count;
            return new CellBatch(cell, batch);
        }
    }

    /// <summary>A batch is no longer under way: later events of its ids may go.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="again">Ids of its events that are to be tried again. In strict order they are held until their event is postponed and due, or let go.</param>
    public void Release(CellBatch batch, IEnumerable<string> again)
    {
        lock (_gate)
        {
            if (_options.Strict)
                _held.UnionWith(again);
            _busy.ExceptWith(batch.Events.Select(one => one.Key));
            foreach (var one in batch.Events)
                Follow(one.Key);
            _batches[batch.Replica]--;
            _inFlight -= batch.Events.Count;
        }

        _wake();
    }

    /// <summary>A batch was not done: its events are first in line again, and nothing goes for a while.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="wanted">Those of it that are still wanted here.</param>
    /// <param name="pause">How long nothing goes.</param>
    public void PutBack(CellBatch batch, IReadOnlyList<QueuedEvent> wanted, TimeSpan pause)
    {
        lock (_gate)
        {
            foreach (var one in wanted.Reverse())
                PutFirst(one);
            _paused = _time.GetUtcNow() + pause;
            SetTimer();
        }

        Release(batch, []);
    }

    /// <summary>An event waits for its time.</summary>
    public void Postpone(QueuedEvent one, DateTimeOffset due)
    {
        lock (_gate)
        {
            Enqueue(one, due);
            SetTimer();
        }
    }

    /// <summary>An event that was to be tried again is not: those behind it may go.</summary>
    public void LetGo(string key)
    {
        lock (_gate)
        {
            _held.Remove(key);
            Follow(key);
        }

        _wake();
    }

    /// <summary>Forgets events that wait and are not wanted here any more.</summary>
    public void Forget(Func<QueuedEvent, bool> isGone)
    {
        lock (_gate)
        {
            for (var node = _waiting.First; node is not null;)
            {
                var next = node.Next;
                if (isGone(node.Value))
                    Take(node);
                node = next;
            }

            _behind.Forget(isGone);
            var kept = _postponed.UnorderedItems.Where(item => !isGone(item.Element)).ToList();
            var gone = _postponed.UnorderedItems.Where(item => isGone(item.Element)).Select(static item => item.Element.Key).ToList();
            _held.ExceptWith(gone);
            _postponed.Clear();
            _postponed.EnqueueRange(kept);
            _postponedBytes = kept.Sum(static item => (long)item.Element.Body.Length);
            gone.ForEach(Follow);
        }
    }

    /// <summary>Wakes the dispatcher once this time has passed.</summary>
    public void WakeAfter(TimeSpan time) => _due.Change(time, Timeout.InfiniteTimeSpan);

    /// <summary>Wakes nobody any more.</summary>
    public ValueTask DisposeAsync() => _due.DisposeAsync();

    // Under the lock.
    private bool HasRoom(int replica) => _batches.GetValueOrDefault(replica) < _options.Tasks;

    // Under the lock. In strict order an event may turn out to be postponed, and the next of its id must not have run then.
    private bool MayRun(string key, HashSet<string> batch) =>
        !_busy.Contains(key) && (!_options.Strict || (!_held.Contains(key) && !batch.Contains(key)));

    // Under the lock. What comes back is before all others of its id.
    private void PutFirst(QueuedEvent one)
    {
        _waiting.AddFirst(one);
        _behind.Enter(one);
    }

    // Under the lock.
    private void Take(LinkedListNode<QueuedEvent> node)
    {
        _waiting.Remove(node);
        _behind.Leave(node.Value);
    }

    // Under the lock.
    private void Follow(string key)
    {
        if (_held.Contains(key))
            return;
        foreach (var one in _behind.Follow(key))
            _waiting.AddLast(one);
    }

    // Under the lock.
    private void Enqueue(QueuedEvent one, DateTimeOffset due)
    {
        _postponed.Enqueue(one, due);
        _postponedBytes += one.Body.Length;
        if (_options.Strict)
            _held.Add(one.Key);
    }

    // Under the lock.
    private void SetTimer()
    {
        var now = _time.GetUtcNow();
        var next = _postponed.TryPeek(out _, out var due) ? due : DateTimeOffset.MaxValue;
        if (_paused > now && _paused < next)
            next = _paused;
        if (next < DateTimeOffset.MaxValue)
            _due.Change(next > now ? next - now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
