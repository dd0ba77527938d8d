namespace GripProxy.Security.Tests.Support;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class FakeTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeSeconds(1_795_327_535);

    public long Seconds => Now.ToUnixTimeSeconds();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.Ticks;

    public void Advance(double seconds) => Now += TimeSpan.FromSeconds(seconds);
}
