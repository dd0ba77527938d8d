namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>
/// What waits to be written to one peer. Whoever adds to an empty outbox starts the writer, which ends when all is written. Guarded by its lock.
/// </summary>
/// <param name="stream">The connection; closed when writing fails.</param>
/// <param name="maxMessages">Messages that may wait.</param>
/// <param name="maxBytes">Bytes that may wait.</param>
internal sealed class ZmtpOutbox(Stream stream, int maxMessages, long maxBytes)
{
    // Small messages share a write up to this size.
    private const int BatchBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private readonly byte[] _batch = new byte[BatchBytes];
    private long _bytes;
    private bool _isWriting;
    private bool _isBroken;
    private Task _writer = Task.CompletedTask;

    /// <summary>Adds the bytes of whole messages; never waits. False: there is no room. What is added after the connection broke is forgotten.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> frames)
    {
        lock (_gate)
        {
            if (_isBroken)
                return true;
            if (_waiting.Count >= maxMessages || _bytes + frames.Length > maxBytes)
                return false;
            _waiting.Enqueue(frames);
            _bytes += frames.Length;
            if (_isWriting)
                return true;
            _isWriting = true;
            _writer = Task.Run(WriteAsync);
            return true;
        }
    }

    /// <summary>Ends when all that was added is written, or cannot be. Throws <see cref="OperationCanceledException"/> when asked to stop.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _writer.WaitAsync(cancellationToken);
    }

    private async Task WriteAsync()
    {
        try
        {
            while (Take() is { IsEmpty: false } bytes)
                await stream.WriteAsync(bytes);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Break();
        }
    }

    /// <summary>The next bytes to write; none: the writer ends.</summary>
    private ReadOnlyMemory<byte> Take()
    {
        lock (_gate)
        {
            var length = 0;
            while (_waiting.TryPeek(out var next))
            {
                // A large one is written from where it is.
                if (length == 0 && next.Length > BatchBytes)
                    return Dequeue();
                if (length + next.Length > BatchBytes)
                    break;
                next.CopyTo(_batch.AsMemory(length));
                length += Dequeue().Length;
            }

            _isWriting = length > 0;
            return _batch.AsMemory(0, length);
        }
    }

    private ReadOnlyMemory<byte> Dequeue()
    {
        var frames = _waiting.Dequeue();
        _bytes -= frames.Length;
        return frames;
    }

    private void Break()
    {
        lock (_gate)
        {
            _isBroken = true;
            _isWriting = false;
            _waiting.Clear();
            _bytes = 0;
        }

        // The reader notices.
        stream.Dispose();
    }
}
