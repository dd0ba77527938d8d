using System.Runtime.InteropServices;
using GripProxy.Channels.Subscriptions;

namespace GripProxy.Channels.Delivery;

/// <summary>
/// The holds that got something to write during one publish. Filled under shard locks, run after them, so that no lock is held across a
/// write. Owned by the publishing thread until <see cref="Run"/>.
/// </summary>
/// <param name="publishedAt">When the items were published, if deliveries are to be timed; else 0.</param>
public sealed class DrainBatch(long publishedAt = 0)
{
    // Enough to tell how deliveries go, few enough that a delivery costs no more for it.
    private const int TimedOneIn = 64;

    // Few holds are served at once: going through the pool would cost more than their writes.
    private const int InlineMax = 16;

    private const int ChunkSize = 128;

    // Enough that little is waited for, few enough that all of it is still near when they write.
    private const int PrefetchedTogether = 16;

    private readonly List<IOutbound> _outbounds = [];
    private SharedForms? _forms;
    private long _publishedAt = publishedAt;
    private int _deliveries;
    private int _items;
    private int _ended;

    /// <summary>What holds made of the item that is being offered, for those who are offered it next.</summary>
    public SharedForms Forms => _forms ??= new SharedForms();

    /// <summary>For each delivery: when it was published, if it is one of the few that are timed; else 0. The first of a publish is one of them.</summary>
    public long NextTimed() => _publishedAt != 0 && _deliveries++ % TimedOneIn == 0 ? _publishedAt : 0;

    /// <summary>What is offered from now on is of another publish.</summary>
    /// <param name="publishedAt">When that was.</param>
    public void BeginPublish(long publishedAt)
    {
        _publishedAt = publishedAt;
        _deliveries = 0;
    }

    /// <summary>Adds a hold whose <see cref="IOutbound.Drain"/> is to run once.</summary>
    public void Add(IOutbound outbound) => _outbounds.Add(outbound);

    /// <summary>What was added since the last time was for one item.</summary>
    public void EndItem()
    {
        if (_outbounds.Count > _ended)
            _items++;
        _ended = _outbounds.Count;
    }

    /// <summary>Lets every added hold write; many are spread over the thread pool. The batch must not be used afterwards.</summary>
    public void Run()
    {
        // Where each hold has an item of its own, one chunk is served by the caller: he has them in his processor's cache. Where many have the same, he can offer
        // what follows meanwhile, and it is written together with this.
        var isOneEach = _outbounds.Count == _items && _items <= ChunkSize;
        if (isOneEach || _outbounds.Count <= InlineMax)
        {
            Serve();
            return;
        }

        var chunks = new Chunks(_outbounds);
        for (var from = 0; from < _outbounds.Count; from += ChunkSize)
            ThreadPool.UnsafeQueueUserWorkItem(chunks, preferLocal: false);
    }

    private void Serve()
    {
        var left = CollectionsMarshal.AsSpan(_outbounds);
        while (!left.IsEmpty)
        {
            var next = left[..Math.Min(PrefetchedTogether, left.Length)];
            for (var depth = 0; depth < IPrefetched.Depths && next.Length > 1; depth++)
            {
                foreach (var outbound in next)
                    outbound.Prefetch(depth);
            }

            foreach (var outbound in next)
                outbound.Drain();
            left = left[next.Length..];
        }
    }

    /// <summary>Queued once for each chunk; whoever executes it takes the next one.</summary>
    private sealed class Chunks(List<IOutbound> outbounds) : IThreadPoolWorkItem
    {
        private int _begun;

        public void Execute()
        {
            var to = Interlocked.Add(ref _begun, ChunkSize);
            for (var i = to - ChunkSize; i < to && i < outbounds.Count; i++)
                outbounds[i].Drain();

            // Lets in whoever waits for this processor: threads that receive, and clients on this machine. Not while the pool has other work: publishes
            // that queue are written together the more of them there are.
            var waiting = (outbounds.Count - Volatile.Read(ref _begun) + ChunkSize - 1) / ChunkSize;
            if (waiting > 0 && ThreadPool.PendingWorkItemCount <= waiting)
                Thread.Yield();
        }
    }
}
