namespace GripProxy.Proxy.Memory;

/// <summary>
/// Gives memory back to the system when a busy time is over (docs/performance.md has what it brings). One for the process, owned by the command
/// that runs it; works on the timer's thread.
/// </summary>
internal sealed class MemoryTrimmer : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TrimPolicy _policy = new();
    private readonly Func<long> _handled;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;

    /// <summary>Begins to look.</summary>
    /// <param name="handled">How many items were published and delivered, ever.</param>
    /// <param name="time">The clock.</param>
    public MemoryTrimmer(Func<long> handled, TimeProvider time)
    {
        _handled = handled;
        _time = time;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static trimmer => ((MemoryTrimmer)trimmer!).Look(), this, Interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Bytes that the heap takes: what the last collection found, and what was allocated since then, for which no other may ever look.</summary>
    internal static long Committed => Math.Max(GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes, GC.GetTotalMemory(forceFullCollection: false));

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var now = _time.GetElapsedTime(_start);
        if (_policy.MustTrim(GC.GetTotalAllocatedBytes(), _handled(), Committed, now))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var end = _time.GetElapsedTime(_start);
            _policy.Trimmed(Committed, end, end - now);
        }

        _timer.Change(Interval, Timeout.InfiniteTimeSpan);
    }
}
