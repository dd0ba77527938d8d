namespace GripProxy.Forwarding.Http;

/// <summary>
/// Lets held requests ask their origins again, some at a time. A new channel, a gap or a recover wakes all holds of a channel at once (HTTP-33,
/// HTTP-36, HTTP-37); without this, each would open a connection of its own to the origin, and the process would need twice as many files as it has
/// clients. Who waits is served in order. Thread-safe.
/// </summary>
internal sealed class RepeatGate(ForwardingOptions options) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.RepeatsAtOnce, options.RepeatsAtOnce);

    /// <summary>Waits for a place, which is given back by disposing of it, at the latest when the head of the answer is there.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        return new Place(_places);
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
                places.Release();
        }
    }
}
