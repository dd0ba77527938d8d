using GripProxy.Redis.Partitions;
using GripProxy.Testing;

namespace GripProxy.Redis.Tests.Partitions;

public sealed class HeardNodesTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Number_HeardTwice_IsNotNew()
    {
        HeardNodes heard = new(_time);
        Assert.True(heard.IsNew("a#1", 1, isLate: false));
        Assert.True(heard.IsNew("b#1", 1, isLate: false));
        Assert.False(heard.IsNew("a#1", 1, isLate: false));
    }

    [Fact]
    public void NumberThatHadToWait_AfterMoreThanIsRemembered_IsNewOnce()
    {
        HeardNodes heard = new(_time);
        for (int number = 2; number < 20_000; number++)
        {
            Assert.True(heard.IsNew("a#1", number, isLate: false));
        }

        Assert.False(heard.IsNew("a#1", 1, isLate: false));
        Assert.True(heard.IsNew("a#1", 1, isLate: true));
        Assert.False(heard.IsNew("a#1", 1, isLate: true));
    }

    [Fact]
    public void NodesThatAreGone_AreForgotten()
    {
        HeardNodes heard = new(_time);
        for (int run = 0; run < 50; run++)
        {
            heard.IsNew($"a#{run}", 1, isLate: false);
            _time.Advance(TimeSpan.FromHours(6));
            Assert.False(heard.IsNew($"a#{run}", 1, isLate: false));
        }

        Assert.InRange(heard.Count, 1, 6);
    }
}
