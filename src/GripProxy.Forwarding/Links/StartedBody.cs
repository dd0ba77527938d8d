using GripProxy.Forwarding.Http;

namespace GripProxy.Forwarding.Links;

/// <summary>
/// A link's answer that nobody else can have any more (HTTP-32): what was read of it, then the read that was under way, then the rest. Owned by
/// the hold it is given to.
/// </summary>
internal sealed class StartedBody(
    Stream inner, ReadOnlyMemory<byte> beginning, Task<int>? pending, ReadOnlyMemory<byte> piece, CancellationTokenSource abort) : BodyStream
{
    private ReadOnlyMemory<byte> _beginning = beginning;
    private Task<int>? _pending = pending;

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
