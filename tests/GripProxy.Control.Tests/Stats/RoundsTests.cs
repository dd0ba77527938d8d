using GripProxy.Control.Stats;
using GripProxy.Testing;

namespace GripProxy.Control.Tests.Stats;

public sealed class RoundsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void TakeDue_OverARound_GivesEachGroupOnceAndEvenly()
    {
        var rounds = new Rounds(4, TimeSpan.FromSeconds(8), _time);
        var seen = new List<int>();
        for (var second = 0; second < 8; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var due = rounds.TakeDue().ToList();
            Assert.Equal(second % 2, due.Count);
            seen.AddRange(due);
        }

        Assert.Equal([0, 1, 2, 3], seen);
    }

    [Fact]
    public void TakeDue_AfterALongPause_GivesEachGroupOnce()
    {
        var rounds = new Rounds(4, TimeSpan.FromSeconds(8), _time);
        _time.Advance(TimeSpan.FromSeconds(101));
        Assert.Equal([0, 1, 2, 3], rounds.TakeDue().Order());
        Assert.Empty(rounds.TakeDue());
    }

    [Fact]
    public void TakeDue_OnlyAskedWhetherAny_CountsAsTaken()
    {
        var rounds = new Rounds(1, TimeSpan.FromSeconds(1), _time);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(rounds.TakeDue().Any());
        Assert.False(rounds.TakeDue().Any());
    }
}
