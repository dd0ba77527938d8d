namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>
/// The compressed bytes of a message as a stream that "ends" wherever more have to arrive, and goes on later. Owned by its <see cref="Inflater"/>.
/// </summary>
internal sealed class CompressedInput : Stream
{
    // The end of an empty stored block that the sender left out.
    private static readonly byte[] s_tail = [0x00, 0x00, 0xFF, 0xFF];

    private ReadOnlyMemory<byte> _payload;
    private ReadOnlyMemory<byte> _tail;

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

    /// <summary>Replaces what is there. What a finished compressor left unread is nothing that has a meaning.</summary>
    public void Set(ReadOnlyMemory<byte> payload, bool withTail)
    {
        _payload = payload;
        _tail = withTail ? s_tail : default;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => _payload.IsEmpty ? Take(ref _tail, buffer) : Take(ref _payload, buffer);

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static int Take(ref ReadOnlyMemory<byte> source, Span<byte> buffer)
    {
        var count = Math.Min(source.Length, buffer.Length);
        source.Span[..count].CopyTo(buffer);
        source = source[count..];
        return count;
    }
}
