using System.Buffers;
using System.Runtime.CompilerServices;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>
/// What has arrived and is not used yet. Its memory is of the pool, from the moment when something arrives until all is used. Owned by the
/// connection's reader.
/// </summary>
/// <param name="stream">Where it arrives.</param>
/// <param name="needed">Bytes that are always enough to go on with.</param>
internal sealed class FrameBuffer(Stream stream, int needed)
{
    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>The unused bytes; they may be changed in place.</summary>
    public Memory<byte> Unused => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Marks the first bytes as used. They stay where they are until the next fill.</summary>
    public void Use(int count) => _start += count;

    /// <summary>Waits for more bytes, if there are less than <c>needed</c>. False: nothing comes any more.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync()
    {
        try
        {
            if (_start == _end)
            {
                // Nothing is held while nothing arrives: a connection's stream waits for data although it is asked for no byte of it.
                Release();
                _ = await stream.ReadAsync(Memory<byte>.Empty);
            }

            // Twice as much, so that much data comes in few reads.
            _buffer ??= ArrayPool<byte>.Shared.Rent(2 * needed);
            Unused.CopyTo(_buffer);
            _end -= _start;
            _start = 0;
            var count = await stream.ReadAsync(_buffer.AsMemory(_end));
            _end += count;
            return count > 0;
        }
        catch (Exception error) when (BrokenStream.IsMeantBy(error))
        {
            return false;
        }
    }

    /// <summary>Gives the memory back with all that is in it.</summary>
    public void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = 0;
        _end = 0;
    }
}
