using System.Buffers;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>
/// What was written to a client and is not sent: rented blocks, into the last of which the writer may be writing. A mutable value; guarded by the lock of
/// its connection.
/// </summary>
internal struct UnsentBytes
{
    private BlockChain _blocks;
    private bool _isLent;

    /// <summary>How many of them the writer has not flushed.</summary>
    public long Unflushed { get; private set; }

    /// <summary>True if there is no block.</summary>
    public readonly bool IsEmpty => _blocks.Head is null;

    /// <summary>True if there is something to send.</summary>
    public readonly bool HasRest => _blocks.Head is { } head && (_blocks.Start < head.End || !ReferenceEquals(head, _blocks.Tail));

    /// <summary>What the first block has to send; there is one.</summary>
    public readonly ReadOnlyMemory<byte> First => _blocks.Head!.Filled[_blocks.Start..];

    /// <summary>Gives the writer room to write into: it stays his until he advances over it or flushes.</summary>
    public Memory<byte> Lend(MemoryPool<byte> pool, int sizeHint)
    {
        _isLent = true;
        return Room(pool, sizeHint);
    }

    /// <summary>The writer has written so much.</summary>
    public void Advance(int bytes)
    {
        _isLent = false;
        if (_blocks.Tail is not { } tail)
            return;
        tail.End += bytes;
        Unflushed += bytes;
    }

    /// <summary>The writer flushes, and writes no more into what he had.</summary>
    public void BeginFlush()
    {
        Unflushed = 0;
        _isLent = false;
    }

    /// <summary>Puts a copy behind what is there.</summary>
    public void Append(MemoryPool<byte> pool, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            var room = Room(pool, 0).Span;
            var count = Math.Min(room.Length, source.Length);
            source[..count].CopyTo(room);
            _blocks.Tail!.End += count; // Made by Room.
            source = source[count..];
        }
    }

    /// <summary>So much of the first block is sent; there is one.</summary>
    public void Sent(int count) => _blocks.Start += count;

    /// <summary>Gives the first block back if it is sent, whatever else may be written into it. False: it is not.</summary>
    public bool TryReturnFirst()
    {
        if (_blocks.Start < _blocks.Head!.End) // Asked only where there is one.
            return false;
        _blocks.ReturnHead();
        return true;
    }

    /// <summary>Gives the blocks back that are sent or, on demand, all of them; not what the writer writes into.</summary>
    public void Return(bool all)
    {
        while (_blocks.Head is { } head && (all || _blocks.Start == head.End) && !(_isLent && ReferenceEquals(head, _blocks.Tail)))
            _blocks.ReturnHead();
    }

    private Memory<byte> Room(MemoryPool<byte> pool, int sizeHint)
    {
        if (_blocks.Tail is { } tail && tail.Free.Length >= Math.Max(sizeHint, 1))
            return tail.Free;
        var block = new BlockSegment(sizeHint <= pool.MaxBufferSize ? pool.Rent() : MemoryPool<byte>.Shared.Rent(sizeHint));
        _blocks.Link(block);
        return block.Free;
    }
}
