using GripProxy.Proxy.Memory;

namespace GripProxy.Proxy.Tests.Memory;

/// <summary>When memory is given back.</summary>
public sealed class TrimPolicyTests
{
    private const long Mega = 1 << 20;

    private readonly TrimPolicy _policy = new();

    [Fact]
    public void MustTrim_QuietAfterABurst_Once()
    {
        Assert.False(MustTrim(allocated: 100 * Mega, committed: 100 * Mega, At(0)));
        Assert.True(MustTrim(allocated: 100 * Mega, committed: 100 * Mega, At(1)));

        _policy.Trimmed(committed: 60 * Mega, At(1), pause: TimeSpan.Zero);

        Assert.False(MustTrim(allocated: 100 * Mega, committed: 60 * Mega, At(2)));
    }

    [Fact]
    public void MustTrim_WhileMuchIsAllocated_Waits()
    {
        for (var second = 0; second < 10; second++)
            Assert.False(MustTrim(allocated: (second + 1) * 10 * Mega, committed: 100 * Mega, At(second)));
    }

    [Fact]
    public void MustTrim_WhileWorkGoesOn_AfterHalfAMinute()
    {
        // 200 kB between two looks: publishers at a moderate rate, whose items would stand still meanwhile.
        for (var look = 0; look < 300; look++)
            Assert.False(MustTrim(allocated: (look + 1) * Mega / 5, committed: 100 * Mega, At(look / 10.0)));

        Assert.True(MustTrim(allocated: 301 * Mega / 5, committed: 100 * Mega, At(30)));
    }

    [Theory]
    [InlineData(155, false)]
    [InlineData(156, true)]
    public void MustTrim_WhileWorkGoesOn_OnlyAfterMoreThanThatTakes(long committed, bool expected)
    {
        _policy.Trimmed(committed: 60 * Mega, At(0), pause: TimeSpan.Zero);

        Assert.False(MustTrim(allocated: Mega / 5, committed * Mega, At(1)));
        Assert.Equal(expected, MustTrim(allocated: 2 * Mega / 5, committed * Mega, At(31)));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(16, false)]
    public void MustTrim_AfterMoreThanOnePieceWasAllocated_Waits(long kilobytes, bool expected)
    {
        MustTrim(allocated: 100 * Mega, committed: 100 * Mega, At(0));

        Assert.Equal(expected, MustTrim(allocated: (100 * Mega) + (kilobytes << 10), committed: 100 * Mega, At(0.1)));
    }

    [Fact]
    public void MustTrim_WhileItemsAreHandled_WaitsUntilTwoLooksSawNone()
    {
        for (var look = 0; look < 20; look++)
            Assert.False(MustTrim(allocated: 0, committed: 100 * Mega, At(look / 10.0), handled: (look + 1) * 1000));

        Assert.False(MustTrim(allocated: 0, committed: 100 * Mega, At(2), handled: 20_000));
        Assert.True(MustTrim(allocated: 0, committed: 100 * Mega, At(2.1), handled: 20_000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void MustTrim_WhileALittleIsHandledAllTheTime_AfterHalfAMinute(long kilobytes)
    {
        for (var look = 0; look < 300; look++)
            Assert.False(MustTrim(allocated: (look + 1) * (kilobytes << 10), committed: 20 * Mega, At(look / 10.0), handled: look + 1));

        Assert.True(MustTrim(allocated: 301 * (kilobytes << 10), committed: 20 * Mega, At(30), handled: 301));
    }

    [Theory]
    [InlineData(74, false)]
    [InlineData(75, true)]
    public void MustTrim_Again_AfterAQuarterMore(long committed, bool expected)
    {
        _policy.Trimmed(committed: 60 * Mega, At(0), pause: TimeSpan.Zero);

        Assert.Equal(expected, MustTrim(allocated: 0, committed * Mega, At(1)));
    }

    [Theory]
    [InlineData(1.9, false)]
    [InlineData(2.1, true)]
    public void MustTrim_AfterALongPause_WaitsTenTimesAsLong(double seconds, bool expected)
    {
        _policy.Trimmed(committed: 0, At(1), pause: TimeSpan.FromSeconds(0.1));

        Assert.Equal(expected, MustTrim(allocated: 0, committed: 100 * Mega, At(seconds)));
    }

    private bool MustTrim(long allocated, long committed, TimeSpan now, long handled = 0) => _policy.MustTrim(allocated, handled, committed, now);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
