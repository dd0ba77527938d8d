using System.Globalization;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>When to ask the origin again: in silence (WOH-09) and after failures (WOH-11). Guarded by the lock of its <see cref="OverHttpOrigin"/>.</summary>
internal sealed class OverHttpSchedule(Random random)
{
    private const int MinKeepAliveSeconds = 20;

    // Timers of the framework end below 2^32 ms.
    private const int MaxKeepAliveSeconds = 4_000_000;
    private const int MaxRetries = 5;

    private int _retries;

    /// <summary>How long there may be no request, or infinite: any time.</summary>
    public TimeSpan KeepAlive { get; private set; } = Timeout.InfiniteTimeSpan;

    /// <summary>True if silence is broken by requests.</summary>
    public bool HasKeepAlive => KeepAlive != Timeout.InfiniteTimeSpan;

    /// <summary>Obeys a <c>Keep-Alive-Interval</c>; null: there was none, everything stays.</summary>
    public void SetKeepAlive(string? value)
    {
        if (value is null)
            return;
        KeepAlive = int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, MinKeepAliveSeconds, MaxKeepAliveSeconds))
            : Timeout.InfiniteTimeSpan;
    }

    /// <summary>How long to wait before the next attempt; null: it was the last.</summary>
    public TimeSpan? NextRetry() =>
        _retries == MaxRetries ? null : TimeSpan.FromSeconds(1 << _retries++) + TimeSpan.FromMilliseconds(random.Next(1000));

    /// <summary>An attempt succeeded.</summary>
    public void Reset() => _retries = 0;
}
