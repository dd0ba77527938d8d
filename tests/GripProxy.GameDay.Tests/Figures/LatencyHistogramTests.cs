using GripProxy.GameDay.Figures;

namespace GripProxy.GameDay.Tests.Figures;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0.01)]
    [InlineData(0.5)]
    [InlineData(3.2)]
    [InlineData(47)]
    [InlineData(12_345)]
    public void Percentile_OneTime_IsAtMostAThirtySecondPartWrong(double milliseconds)
    {
        var times = new LatencyHistogram();
        times.Record(TimeSpan.FromMilliseconds(milliseconds));

        Assert.InRange(times.Percentile(99), milliseconds * 0.968, milliseconds * 1.032);
    }

    [Fact]
    public void Percentile_ManyTimes_IsTheRankThatWasAskedFor()
    {
        var times = new LatencyHistogram();
        for (var i = 1; i <= 1000; i++)
            times.Record(TimeSpan.FromMilliseconds(i));

        Assert.InRange(times.Percentile(50), 485, 515);
        Assert.InRange(times.Percentile(99), 965, 1020);
        Assert.Equal(double.NaN, new LatencyHistogram().Percentile(50));
    }

    [Fact]
    public void Import_OfAnExport_IsTheSameAgain()
    {
        var times = new LatencyHistogram();
        for (var i = 0; i < 500; i++)
            times.Record(TimeSpan.FromMicroseconds(i * i));
        var other = new LatencyHistogram();

        other.Import([.. times.Export()]);

        Assert.Equal(times.Count, other.Count);
        Assert.Equal(times.Percentile(95), other.Percentile(95));
    }

    [Fact]
    public void Record_NegativeOrEndless_IsCountedAtTheEnd()
    {
        var times = new LatencyHistogram();
        times.Record(TimeSpan.FromSeconds(-1));
        times.Record(TimeSpan.FromDays(3));

        Assert.Equal(2, times.Count);
        Assert.Equal(0, times.Percentile(50));
    }
}
