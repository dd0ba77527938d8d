using GripProxy.Forwarding.Sharing;

namespace GripProxy.Forwarding.Http;

/// <summary>
/// An origin's body on its way to the client: counted, where its beginning was read already with that put back in front, and where others
/// wait for the same answer copied for them. Owned by one relay.
/// </summary>
internal sealed class RelayStream(Stream inner, ReadOnlyMemory<byte> beginning, SharedExchange? shared = null) : BodyStream
{
    private ReadOnlyMemory<byte> _beginning = beginning;

    /// <summary>Bytes passed so far.</summary>
    public long Count { get; private set; }

    /// <summary>True once the end was seen: nothing is missing.</summary>
    public bool IsComplete { get; private set; }

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
