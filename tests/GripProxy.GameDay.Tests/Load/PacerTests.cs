using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Tests.Load;

public sealed class PacerTests
{
    [Fact]
    public void MoveTo_SteadyRate_GivesEachBatchItsOwnTime()
    {
        var due = new List<double>();
        var pacer = new Pacer(20, LoadShape.Steady, []);
        pacer.Go(200, 0);

        pacer.MoveTo(0.5, due);

        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5], due.Select(static at => Math.Round(at, 6)));
    }

    [Fact]
    public void MoveTo_StalledLoop_CatchesUpWithTheTimesThatWereMissed()
    {
        var due = new List<double>();
        var pacer = new Pacer(1, LoadShape.Steady, []);
        pacer.Go(10, 0);
        pacer.MoveTo(0.05, due);

        pacer.MoveTo(3, due);

        Assert.Equal([0.1, 0.2, 0.3, 0.4], due.Take(4).Select(static at => Math.Round(at, 6)));
        Assert.InRange(due.Count, 29, 30);
    }

    [Fact]
    public void Go_Ramp_ReachesTheRateInItsTime()
    {
        var due = new List<double>();
        var pacer = new Pacer(1, LoadShape.Steady, []);
        pacer.Go(100, 10);

        pacer.MoveTo(20, due);

        // Half of it on the way, all of it then.
        Assert.InRange(due.Count(static at => at <= 10), 499, 501);
        Assert.InRange(due.Count(static at => at > 10), 999, 1001);
    }

    [Fact]
    public void Go_Nothing_OwesNothingLater()
    {
        var due = new List<double>();
        var pacer = new Pacer(10, LoadShape.Steady, []);
        pacer.Go(9, 0);
        pacer.MoveTo(1, due);
        pacer.Go(0, 0);
        pacer.MoveTo(5, due);
        pacer.Go(10, 0);

        pacer.MoveTo(5.9, due);

        Assert.Empty(due);
    }

    [Theory]
    [InlineData("Burst", 30)]
    [InlineData("Sine", 60)]
    public void Shapes_OverTheirPeriod_KeepTheRateOnAverage(string shape, int period)
    {
        var due = new List<double>();
        var pacer = new Pacer(1, Enum.Parse<LoadShape>(shape), []);
        pacer.Go(100, 0);

        pacer.MoveTo(period, due);

        Assert.InRange(due.Count, (period * 100) - 2, (period * 100) + 2);
        var halves = (due.Count(at => at < period / 2.0), due.Count(at => at >= period / 2.0));
        Assert.True(halves.Item1 > 1.4 * halves.Item2, $"{halves} is as if it were steady");
    }

    [Fact]
    public void MoveTo_CurveOfARecording_FollowsItsSeconds()
    {
        var due = new List<double>();
        var pacer = new Pacer(1, LoadShape.Recorded, [2, 0]);
        pacer.Go(100, 0);

        pacer.MoveTo(4, due);

        Assert.InRange(due.Count, 398, 402);
        Assert.DoesNotContain(due, static at => at is > 1.001 and < 2 or > 3.001);
    }
}
