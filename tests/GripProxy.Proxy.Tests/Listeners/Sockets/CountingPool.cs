using System.Buffers;

namespace GripProxy.Proxy.Tests.Listeners.Sockets;

/// <summary>Blocks of 4 KiB; knows how many are out.</summary>
internal sealed class CountingPool : MemoryPool<byte>
{
    private int _rented;

    public int Rented => Volatile.Read(ref _rented);

    public override int MaxBufferSize => 4096;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _rented);
        return new Block(this);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(CountingPool pool) : IMemoryOwner<byte>
    {
        private int _isReturned;

        public Memory<byte> Memory { get; } = new byte[4096];

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 1)
                throw new InvalidOperationException("A block was given back twice.");
            Interlocked.Decrement(ref pool._rented);
        }
    }
}
