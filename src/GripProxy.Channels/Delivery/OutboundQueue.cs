namespace GripProxy.Channels.Delivery;

/// <summary>
/// What waits to be written to one client, bounded in bytes. At most one writer drains it: <see cref="EnqueueResult.StartWriter"/> names who
/// must start one, and <see cref="TryTake"/> ends it when nothing is left. A new queue counts as being written to, so that items
/// wait until the join is complete. Guarded by its own lock.
/// </summary>
public sealed class OutboundQueue
{
    private readonly Lock _gate = new();
    private Queue<ReadOnlyMemory<byte>>? _waiting;
    private long _bytes;
    private bool _hasWriter = true;

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
                return _waiting is { Count: > 0 };
        }
    }

    /// <summary>Takes one more piece, within the bounds of <paramref name="rule"/>. A piece of any size is taken while nothing waits.</summary>
    public EnqueueResult Enqueue(ReadOnlyMemory<byte> piece, ChannelRule rule)
    {
        lock (_gate)
        {
            if (_bytes > 0 && _bytes + piece.Length > rule.QueueBytes && !MakeRoom(piece.Length, rule))
                return rule.Overflow == OverflowPolicy.Close ? EnqueueResult.Overflow : EnqueueResult.Dropped;
            (_waiting ??= new Queue<ReadOnlyMemory<byte>>(1)).Enqueue(piece);
            _bytes += piece.Length;
            if (_hasWriter)
                return EnqueueResult.Waiting;
            _hasWriter = true;
            return EnqueueResult.StartWriter;
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
    public bool TryTake(out ReadOnlyMemory<byte> piece)
    {
        lock (_gate)
        {
            if (_waiting is not null && _waiting.TryDequeue(out piece))
            {
                _bytes -= piece.Length;
                return true;
            }

            // A burst may have left a large buffer behind; an idle connection keeps none.
            _waiting = null;
            _hasWriter = false;
            piece = default;
            return false;
        }
    }

    private bool MakeRoom(int length, ChannelRule rule)
    {
        if (rule.Overflow != OverflowPolicy.DropOldest)
            return false;
        while (_bytes > 0 && _bytes + length > rule.QueueBytes)
            _bytes -= _waiting!.Dequeue().Length; // Bytes wait, so there is a queue.
        return true;
    }
}
