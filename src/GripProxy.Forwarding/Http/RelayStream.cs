using GripProxy.Forwarding.Sharing;

namespace GripProxy.Forwarding.Http;

/// <summary>
/// An origin's body on its way to the client: counted, where its beginning was read already with that put back in front, and where others
/// wait for the same answer copied for them. Owned by one relay.
/// </summary>
internal sealed class RelayStream(Stream inner, ReadOnlyMemory<byte> beginning, SharedExchange? shared = null) : Stream
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
            if (buffer.IsEmpty)
                return ValueTask.FromResult(0);
            var count = Math.Min(_beginning.Length, buffer.Length);
            _beginning[..count].CopyTo(buffer);
            _beginning = _beginning[count..];
            return ValueTask.FromResult(Note(buffer[..count]));
        }

        // A read of nothing only waits for data.
        var read = inner.ReadAsync(buffer, cancellationToken);
        if (buffer.IsEmpty)
            return read;
        return read.IsCompletedSuccessfully ? ValueTask.FromResult(Note(buffer[..read.Result])) : NoteAsync(read, buffer);
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

    private async ValueTask<int> NoteAsync(ValueTask<int> read, Memory<byte> buffer) => Note(buffer[..await read]);

    private int Note(ReadOnlyMemory<byte> bytes)
    {
        Count += bytes.Length;
        IsComplete |= bytes.IsEmpty;
        shared?.Copy(bytes.Span);
        return bytes.Length;
    }
}
