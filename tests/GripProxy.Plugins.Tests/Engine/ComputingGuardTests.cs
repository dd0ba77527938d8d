using GripProxy.Plugins.Engine;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Engine;

/// <summary>Who computes on and on without an answer runs in the background until it is calm (plugins.md §1).</summary>
public sealed class ComputingGuardTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void PLG17_Guard_OfACellThatAnswersInTime_LeavesItWhereItIs()
    {
        var guard = new ComputingGuard(_time, inBackground: false);
        // The whole processor, for ten seconds.
        for (var tick = 1; tick <= 200; tick++)
            Assert.Null(Look(guard, Tick * tick, answers: tick));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(10, 100)]
    [InlineData(100, 200)]
    public void PLG17_Guard_OfACellThatDoesNotAnswer_PutsItIntoTheBackgroundOnceItHasTakenMoreThanItsEventsNeed(int events, int milliseconds)
    {
        var guard = new ComputingGuard(_time, inBackground: false);
        var used = TimeSpan.Zero;
        Look(guard, used, 0);
        bool? said = null;
        while (said is null && used < TimeSpan.FromSeconds(5))
        {
            used += Tick;
            said = Look(guard, used, 0, ComputingGuard.ForEvents(events));
        }

        Assert.Equal((true, true, milliseconds), (said, guard.IsInBackground, (int)used.TotalMilliseconds));
    }

    [Fact]
    public void PLG17_Guard_OfACellThatStarts_GivesItTime()
    {
        var guard = new ComputingGuard(_time, inBackground: false);

        Assert.Null(Look(guard, TimeSpan.FromSeconds(1), 0, ComputingGuard.ForCall("setupPlugin", [])));
        Assert.True(Look(guard, TimeSpan.FromSeconds(1.1), 0, ComputingGuard.ForStart));
    }

    [Fact]
    public void PLG17_Guard_OfACellThatWasAskedForNothing_LooksAtEachSecond()
    {
        var guard = new ComputingGuard(_time, inBackground: false);
        for (var second = 1; second <= 20; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(guard.Look(TimeSpan.FromMilliseconds(40 * second), 0, null));
        }

        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.True(guard.Look(TimeSpan.FromMilliseconds((40 * 20) + 60), 0, null));
    }

    [Fact]
    public void PLG17_Guard_LetsACellBackThatHasBeenCalmForHalfAMinute()
    {
        var guard = new ComputingGuard(_time, inBackground: true);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Null(guard.Look(TimeSpan.Zero, 0, null));
        // One slow answer, and it begins again.
        Assert.Null(guard.Look(TimeSpan.FromMilliseconds(200), 1, TimeSpan.Zero));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Null(guard.Look(TimeSpan.FromMilliseconds(240), 2, TimeSpan.Zero));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(guard.Look(TimeSpan.FromMilliseconds(280), 3, TimeSpan.Zero));
        Assert.False(guard.IsInBackground);
    }

    [Fact]
    public void PLG17_Guard_OfACellThatMayNotComeBack_AsksNoMore()
    {
        var guard = new ComputingGuard(_time, inBackground: true);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(guard.Look(TimeSpan.Zero, 0, null));
        guard.Stay();
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(guard.Look(TimeSpan.Zero, 0, null));
        Assert.True(guard.IsInBackground);
    }

    private bool? Look(ComputingGuard guard, TimeSpan used, long answers, TimeSpan? allowance = null)
    {
        _time.Advance(Tick);
        return guard.Look(used, answers, allowance ?? TimeSpan.Zero);
    }
}
