namespace GripProxy.Forwarding.Http;

/// <summary>
/// Lets held requests ask their origins again, some at a time. A new channel, a gap or a recover wakes all holds of a channel at once (HTTP-33,
/// HTTP-36, HTTP-37); without this, each would open a connection of its own to the origin, and the process would need twice as many files as it has
/// clients. Who waits is served in order. Each origin has places of its own, because one that does not answer keeps all it has. Thread-safe.
/// </summary>
internal sealed class RepeatGate(ForwardingOptions options)
{
    // Only of origins that are being asked; guarded by itself.
    private readonly Dictionary<string, Places> _origins = new(StringComparer.Ordinal);

    /// <summary>Waits for a place at the first of a route's targets; null if there is none.</summary>
    public async Task<IDisposable?> EnterAsync(IReadOnlyList<OriginTarget> targets, CancellationToken cancellation) =>
        targets is [var first, ..] ? await EnterAsync(first.Prefix, cancellation) : null;

    /// <summary>Waits for a place, which is given back by disposing of it, at the latest when the head of the answer is there.</summary>
    /// <param name="origin">The address that is asked, or asked first.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<IDisposable> EnterAsync(string origin, CancellationToken cancellation)
    {
        var places = Join(origin);
        try
        {
            await places.Free.WaitAsync(cancellation);
        }
        catch
        {
            Leave(places);
            throw;
        }

        return new Place(this, places);
    }

    private Places Join(string origin)
    {
        lock (_origins)
        {
            if (!_origins.TryGetValue(origin, out var places))
                _origins.Add(origin, places = new Places(origin, options.RepeatsAtOnce));
            places.Users++;
            return places;
        }
    }

    private void Leave(Places places)
    {
        lock (_origins)
        {
            if (--places.Users > 0)
                return;
            _origins.Remove(places.Origin);
        }

        places.Free.Dispose();
    }

    /// <summary>The places at one origin. <see cref="Users"/> counts who has one or waits for one.</summary>
    private sealed class Places(string origin, int count)
    {
        public string Origin => origin;

        public SemaphoreSlim Free { get; } = new(count, count);

        public int Users { get; set; }
    }

    private sealed class Place(RepeatGate gate, Places places) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) != 0)
                return;
            places.Free.Release();
            gate.Leave(places);
        }
    }
}
