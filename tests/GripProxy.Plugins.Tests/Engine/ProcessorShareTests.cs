using GripProxy.Plugins.Engine;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Engine;

/// <summary>What a cell takes too much of the processor it waits for (plugins.md §5.4).</summary>
public sealed class ProcessorShareTests
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void Pause_OfACellThatTakesItsShare_IsNone()
    {
        var share = new ProcessorShare(50, _time);
        for (var second = 1; second <= 300; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            share.Note(TimeSpan.FromSeconds(second * 0.5));
            Assert.Equal(TimeSpan.Zero, share.Pause);
        }
    }

    [Fact]
    public void Pause_OfACellThatTookMore_IsUntilTheAverageIsKept()
    {
        var share = new ProcessorShare(50, _time);

        // A minute's share is 30 s: 10 s more are the share of 20 s.
        share.Note(TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.FromSeconds(20), share.Pause);
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(TimeSpan.FromSeconds(5), share.Pause);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, share.Pause);
    }

    [Fact]
    public void Share_ThatWasNotTaken_IsKeptForAMinuteOnly()
    {
        var share = new ProcessorShare(100, _time);
        _time.Advance(TimeSpan.FromHours(1));

        share.Note(TimeSpan.FromSeconds(61));

        Assert.Equal(TimeSpan.FromSeconds(1), share.Pause);
    }

    [Fact]
    public void Stat_OfAProcess_IsRead()
    {
        var use = WorkerProcess.ReadStat("7 (a) b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 12 0 99 1000 3 4");

        Assert.Equal((12, TimeSpan.FromSeconds(3), 3L * Environment.SystemPageSize), (use.Threads, use.Processor, use.ResidentBytes));
    }
}
