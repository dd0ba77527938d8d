namespace GripProxy.Origin.Tests.Support;

/// <summary>A clock that stands still until it is moved. Timers are the system's.</summary>
public sealed class FakeTime(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public FakeTime()
        : this(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public void Advance(TimeSpan time) => _now += time;

    public override DateTimeOffset GetUtcNow() => _now;
}
