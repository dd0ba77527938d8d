using System.Buffers;

namespace GripProxy.Proxy.Tests.Listeners.Sockets;

/// <summary>Blocks of 4 KiB; knows how many are out.</summary>
internal sealed class CountingPool : MemoryPool<byte>
{
    private readonly TaskCompletionSource _down = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _rented;
    private int _awaited = -1;

    public int Rented => Volatile.Read(ref _rented);

    public override int MaxBufferSize => 4096;

    /// <summary>Completes when no more than so many are out. Once.</summary>
    public Task DownToAsync(int count)
    {
        Volatile.Write(ref _awaited, count);
        Interlocked.MemoryBarrier();
        Look();
        return _down.Task;
    }

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _rented);
        return new Block(this);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private void Look()
    {
        if (Rented <= Volatile.Read(ref _awaited))
            _down.TrySetResult();
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
            pool.Look();
        }
    }
}
