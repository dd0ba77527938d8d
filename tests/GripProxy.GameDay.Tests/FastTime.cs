namespace GripProxy.GameDay.Tests;

/// <summary>A clock that runs faster than others, for days that are long. Immutable.</summary>
/// <param name="factor">How much faster.</param>
internal sealed class FastTime(int factor) : TimeProvider
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly long _begin = System.GetTimestamp();
    private readonly DateTimeOffset _start = System.GetUtcNow();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => _begin + ((System.GetTimestamp() - _begin) * factor);

    public override DateTimeOffset GetUtcNow() => _start + ((System.GetUtcNow() - _start) * factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, Scaled(dueTime), Scaled(period));

    // A timer that would come at once and never again is another one.
    private TimeSpan Scaled(TimeSpan time) => time <= TimeSpan.Zero ? time : time / factor < Shortest ? Shortest : time / factor;
}
