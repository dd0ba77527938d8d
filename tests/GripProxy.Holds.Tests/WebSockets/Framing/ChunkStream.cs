namespace GripProxy.Holds.Tests.WebSockets.Framing;

/// <summary>A stream on which bytes arrive in given chunks, each by a read of its own, and then the end. What is written goes nowhere.</summary>
internal sealed class ChunkStream(IEnumerable<byte[]> chunks) : Stream
{
    private readonly Queue<byte[]> _chunks = new(chunks);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static ChunkStream Of(int chunkSize, params byte[][] frames) => new(frames.SelectMany(frame => frame).Chunk(chunkSize));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Now and then as if the bytes had still to come.
        if (_chunks.Count % 3 == 0)
            await Task.Yield();
        if (buffer.IsEmpty || !_chunks.TryPeek(out var chunk))
            return 0;
        var count = Math.Min(chunk.Length, buffer.Length);
        chunk.AsMemory(0, count).CopyTo(buffer);
        _chunks.Dequeue();
        if (count < chunk.Length)
        {
            var rest = _chunks.ToArray();
            _chunks.Clear();
            _chunks.Enqueue(chunk[count..]);
            foreach (var later in rest)
                _chunks.Enqueue(later);
        }

        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
