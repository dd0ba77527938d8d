using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Tracing;

namespace GripProxy.Channels.Delivery;

/// <summary>
/// What waits to be written to one client, bounded in bytes. At most one writer drains it: <see cref="EnqueueResult.StartWriter"/> names who
/// must start one, and <see cref="TryTake(out OutboundPiece)"/> ends it when nothing is left. A new queue counts as being written to, so that items
/// wait until the join is complete. Guarded by one lock, its own or its owner's.
/// </summary>
public class OutboundQueue
{
    private readonly Lock _gate;

    // Most pieces find nothing waiting: the first needs no queue.
    private OutboundPiece? _first;
    private Queue<OutboundPiece>? _others;
    private long _bytes;
    private int _pushedOut;
    private bool _hasWriter = true;

    /// <summary>An empty queue.</summary>
    /// <param name="gate">The lock of whoever queues, where he holds it already; null: a lock of its own.</param>
    public OutboundQueue(Lock? gate = null) => _gate = gate ?? new Lock();

    /// <summary>Bytes that wait.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>True if something waits. What the writer sees may be more a moment later, never less.</summary>
    public bool HasMore
    {
        get
        {
            lock (_gate)
                return _first is not null || _others is { Count: > 0 };
        }
    }

    /// <summary>
    /// Takes one more piece, within the bounds of <paramref name="rule"/>. A piece of any size is taken while nothing waits.
    /// <paramref name="late"/> makes something else of the bytes when their turn comes. Without <paramref name="mayPushOut"/> no older piece
    /// goes for a new one, whatever the rule says. <paramref name="publishedAt"/> goes along with the piece.
    /// </summary>
    public EnqueueResult Enqueue(ReadOnlyMemory<byte> piece, ChannelRule rule, LatePiece? late = null, bool mayPushOut = true, long publishedAt = 0)
    {
        var size = SizeOf(piece);
        lock (_gate)
        {
            if (_bytes > 0 && _bytes + size > rule.QueueBytes && !MakeRoom(size, rule, mayPushOut))
                return rule.Overflow == OverflowPolicy.Close ? EnqueueResult.Overflow : EnqueueResult.Dropped;
            Add(new OutboundPiece(piece, late, publishedAt));
            if (_hasWriter)
                return EnqueueResult.Waiting;
            _hasWriter = true;
            return EnqueueResult.StartWriter;
        }
    }

    /// <summary>True if somebody writes, or will at once.</summary>
    public bool HasWriter
    {
        get
        {
            lock (_gate)
                return _hasWriter;
        }
    }

    /// <summary>Makes the caller the writer, if there is none. There is one whenever something waits.</summary>
    public bool TryClaimWriter()
    {
        lock (_gate)
        {
            if (_hasWriter)
                return false;
            _hasWriter = true;
            return true;
        }
    }

    /// <summary>For the writer: the next piece; or false when nothing waits, and then the caller is the writer no longer.</summary>
    public bool TryTake(out OutboundPiece piece) => TryTake(out piece, out _);

    /// <summary>As <see cref="TryTake(out OutboundPiece)"/>, and says what <see cref="HasMore"/> would.</summary>
    public bool TryTake(out OutboundPiece piece, out bool hasMore)
    {
        lock (_gate)
        {
            if (TryRemove(out piece))
            {
                hasMore = _others is { Count: > 0 };
                return true;
            }

            // A burst may have left a large buffer behind; an idle connection keeps none.
            _others = null;
            _hasWriter = hasMore = false;
            piece = default;
            return false;
        }
    }

    /// <summary>
    /// For the writer: one more piece to be written together with what it has, if the next one is ready and has at most
    /// <paramref name="maxBytes"/>. The caller stays the writer either way.
    /// </summary>
    public bool TryTakeAlong(int maxBytes, out OutboundPiece piece)
    {
        lock (_gate)
            return TryPeek(out piece) && piece.Late is null && piece.Bytes.Length <= maxBytes && TryRemove(out piece);
    }

    /// <summary>
    /// Drops all that waits, because the connection ends. The writer, if one is at work, goes on with what it has taken.
    /// </summary>
    public void Clear()
    {
        lock (_gate)
        {
            while (TryRemove(out var piece))
                (piece.Late as FollowedPiece)?.NoteDropped(DropReason.ConnectionClosed);
            _others = null;
        }
    }

    /// <summary>How many pieces went for newer ones since it was asked last.</summary>
    public int TakePushedOut()
    {
        lock (_gate)
        {
            var count = _pushedOut;
            _pushedOut = 0;
            return count;
        }
    }

    /// <summary>What a piece counts: an empty one is no reason to let a queue grow for ever either.</summary>
    private static int SizeOf(ReadOnlyMemory<byte> piece) => Math.Max(1, piece.Length);

    private bool MakeRoom(int size, ChannelRule rule, bool mayPushOut)
    {
        if (rule.Overflow != OverflowPolicy.DropOldest || !mayPushOut)
            return false;
        while (_bytes > 0 && _bytes + size > rule.QueueBytes && TryRemove(out var oldest))
        {
            (oldest.Late as FollowedPiece)?.NoteDropped(DropReason.QueueFull);
            _pushedOut++;
        }

        return true;
    }

    private void Add(OutboundPiece piece)
    {
        if (_first is null && _others is not { Count: > 0 })
            _first = piece;
        else
            (_others ??= new Queue<OutboundPiece>()).Enqueue(piece);
        _bytes += SizeOf(piece.Bytes);
    }

    private bool TryPeek(out OutboundPiece piece)
    {
        piece = _first ?? default;
        return _first is not null || (_others is not null && _others.TryPeek(out piece));
    }

    private bool TryRemove(out OutboundPiece piece)
    {
        if (!TryPeek(out piece))
            return false;
        if (_first is null)
            _others!.Dequeue(); // Something waits, and it is not the first.
        _first = null;
        _bytes -= SizeOf(piece.Bytes);
        return true;
    }
}
