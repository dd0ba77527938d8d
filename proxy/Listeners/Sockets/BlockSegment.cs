using System.Buffers;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>A rented block in a chain: bytes from its beginning to <see cref="End"/>. Guarded by the lock of its connection.</summary>
internal sealed class BlockSegment : ReadOnlySequenceSegment<byte>
{
    private readonly IMemoryOwner<byte> _owner;

    public BlockSegment(IMemoryOwner<byte> owner)
    {
        _owner = owner;
        Memory = owner.Memory;
    }

    /// <summary>How many bytes are filled.</summary>
    public int End { get; set; }

    /// <summary>What is filled.</summary>
    public ReadOnlyMemory<byte> Filled => _owner.Memory[..End];

    /// <summary>What can still be filled.</summary>
    public Memory<byte> Free => _owner.Memory[End..];

    /// <summary>The block behind it, or null.</summary>
    public BlockSegment? Following => (BlockSegment?)Next;

    /// <summary>Puts a block behind it; this one gets no more bytes.</summary>
    public void Append(BlockSegment segment)
    {
        Memory = Memory[..End];
        segment.RunningIndex = RunningIndex + End;
        Next = segment;
    }

    /// <summary>Gives the block back.</summary>
    public void Return() => _owner.Dispose();
}
