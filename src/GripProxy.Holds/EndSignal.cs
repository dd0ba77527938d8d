namespace GripProxy.Holds;

/// <summary>
/// Tells those who wait on behalf of a hold that nothing can reach its client any more. Costs nothing until somebody waits. A field of its hold,
/// never copied. Thread-safe.
/// </summary>
internal struct EndSignal
{
    private static readonly CancellationTokenSource Fired = MakeFired();

    private CancellationTokenSource? _source;

    /// <summary>Fires with the signal; at once if that is over.</summary>
    public CancellationToken Token
    {
        get
        {
            if (Volatile.Read(ref _source) is { } known)
                return known.Token;
            var made = new CancellationTokenSource();
            return (Interlocked.CompareExchange(ref _source, made, null) ?? made).Token;
        }
    }

    /// <summary>The end. What was registered runs elsewhere; calling it again does nothing.</summary>
    public void Fire() => _ = Interlocked.Exchange(ref _source, Fired)?.CancelAsync(); // Callbacks handle their own errors.

    private static CancellationTokenSource MakeFired()
    {
        var source = new CancellationTokenSource();
        source.Cancel();
        return source;
    }
}
