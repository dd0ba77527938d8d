namespace GripProxy.Holds.Filters;

/// <summary>Spaces out requests for one URL: at most a hundred start per second, the others wait for their turn (FLT-08). Guarded by its own lock.</summary>
internal sealed class StartPacer(TimeProvider time)
{
    private const int StartsPerSecond = 100;
    private const int SmallestSweep = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<Uri, long> _nextStart = [];
    private int _sweepAt = SmallestSweep;

    /// <summary>Completes when the request may start.</summary>
    public Task WaitAsync(Uri url, CancellationToken cancellation)
    {
        var wait = Reserve(url);
        return wait <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(wait, time, cancellation);
    }

    private TimeSpan Reserve(Uri url)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (_nextStart.Count >= _sweepAt)
                Sweep(now);
            var start = _nextStart.TryGetValue(url, out var next) ? Math.Max(next, now) : now;
            _nextStart[url] = start + time.TimestampFrequency / StartsPerSecond;
            return time.GetElapsedTime(now, start);
        }
    }

    /// <summary>Forgets URLs that nobody has to wait for; each subscriber may have its own.</summary>
    private void Sweep(long now)
    {
        foreach (var (url, next) in _nextStart)
        {
            if (next <= now)
                _nextStart.Remove(url);
        }

        _sweepAt = Math.Max(SmallestSweep, _nextStart.Count * 2);
    }
}
