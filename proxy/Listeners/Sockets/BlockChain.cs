namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>Rented blocks in a row, as one half of a connection uses them. A mutable value; guarded by the lock of its connection.</summary>
internal struct BlockChain
{
    /// <summary>The first block, or null: there is none.</summary>
    public BlockSegment? Head { get; private set; }

    /// <summary>The last block; there is one if there is a first.</summary>
    public BlockSegment? Tail { get; private set; }

    /// <summary>How many bytes of the first block are done with.</summary>
    public int Start { get; set; }

    /// <summary>Bytes that are not done with.</summary>
    public readonly long Length => Tail is null ? 0 : Tail.RunningIndex + Tail.End - Head!.RunningIndex - Start; // A tail has a head.

    /// <summary>Puts a block at the end.</summary>
    public void Link(BlockSegment block)
    {
        Tail?.Append(block);
        Head ??= block;
        Tail = block;
    }

    /// <summary>Gives the first block back; there is one.</summary>
    public void ReturnHead()
    {
        var head = Head!; // Asked for only where there is one.
        Head = head.Following;
        Start = 0;
        if (Head is null)
            Tail = null;
        head.Return();
    }
}
