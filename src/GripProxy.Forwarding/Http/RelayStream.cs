namespace GripProxy.Forwarding.Http;

/// <summary>An origin's body on its way to the client: counted, and, where its beginning was read already, with that put back in front. Owned by one relay.</summary>
internal sealed class RelayStream(Stream inner, ReadOnlyMemory<byte> beginning) : Stream
{
    private ReadOnlyMemory<byte> _beginning = beginning;

    /// <summary>Bytes passed so far.</summary>
    public long Count { get; private set; }

    /// <summary>True once the end was seen: nothing is missing.</summary>
    public bool IsComplete { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_beginning.Length > 0)
        {
            var count = Math.Min(_beginning.Length, buffer.Length);
            _beginning[..count].CopyTo(buffer);
            _beginning = _beginning[count..];
            Count += count;
            return ValueTask.FromResult(count);
        }

        // A read of nothing only waits for data.
        var read = inner.ReadAsync(buffer, cancellationToken);
        if (buffer.IsEmpty)
            return read;
        return read.IsCompletedSuccessfully ? ValueTask.FromResult(Note(read.Result)) : NoteAsync(read);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> NoteAsync(ValueTask<int> read) => Note(await read);

    private int Note(int count)
    {
        Count += count;
        IsComplete |= count == 0;
        return count;
    }
}
