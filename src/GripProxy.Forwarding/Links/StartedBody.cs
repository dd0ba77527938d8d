namespace GripProxy.Forwarding.Links;

/// <summary>
/// A link's answer that nobody else can have any more (HTTP-32): what was read of it, then the read that was under way, then the rest. Owned by
/// the hold it is given to.
/// </summary>
internal sealed class StartedBody(
    Stream inner, ReadOnlyMemory<byte> beginning, Task<int>? pending, ReadOnlyMemory<byte> piece, CancellationTokenSource abort) : Stream
{
    private ReadOnlyMemory<byte> _beginning = beginning;
    private Task<int>? _pending = pending;

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
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_beginning.IsEmpty && _pending is not null)
        {
            var count = await _pending.WaitAsync(cancellationToken);
            _pending = null;
            _beginning = piece[..count];
            if (count == 0)
                return 0;
        }

        if (_beginning.IsEmpty)
            return await inner.ReadAsync(buffer, cancellationToken);
        var length = Math.Min(_beginning.Length, buffer.Length);
        _beginning[..length].CopyTo(buffer);
        _beginning = _beginning[length..];
        return length;
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

    /// <summary>Gives the connection back, or ends it where the origin has more to say.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_pending is not null)
        {
            await abort.CancelAsync();
            // What becomes of the read does not matter any more, only that it is over.
            await _pending.ContinueWith(static read => _ = read.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        await inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
