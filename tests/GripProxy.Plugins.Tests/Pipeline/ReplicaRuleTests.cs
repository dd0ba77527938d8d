using GripProxy.Plugins.Pipeline;

namespace GripProxy.Plugins.Tests.Pipeline;

/// <summary>When cells that share the events become more or fewer (plugins.md §5.6).</summary>
public sealed class ReplicaRuleTests
{
    private readonly ReplicaRule _rule = new(3);
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
    private int _replicas = 1;

    [Fact]
    public void PLG44_Replicas_BecomeMore_WhileEventsWaitForLong_ButNotTooMany()
    {
        Assert.Equal([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3], Run(20, 1.1));
    }

    [Fact]
    public void PLG44_Replicas_StayAsTheyAre_WhileEventsWaitForLongNowAndThen()
    {
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [.. Run(5, 3), .. Run(1, 1), .. Run(4, 3)]);
    }

    [Fact]
    public void PLG44_Replicas_BecomeFewer_OneByOne_OnceNothingWaits()
    {
        _replicas = 3;

        Assert.Equal([.. Enumerable.Repeat(3, 60), .. Enumerable.Repeat(2, 61), .. Enumerable.Repeat(1, 100)], Run(221, 0.05));
    }

    [Fact]
    public void PLG44_Replicas_StayAsTheyAre_WhileEventsWaitABit()
    {
        _replicas = 3;

        Assert.All([.. Run(59, 0), .. Run(1, 0.2), .. Run(59, 0)], count => Assert.Equal(3, count));
    }

    // Looks once a second.
    private List<int> Run(int times, double waiting)
    {
        List<int> counts = [];
        for (var i = 0; i < times; i++)
        {
            counts.Add(_replicas = _rule.Next(TimeSpan.FromSeconds(waiting), _replicas, _now));
            _now += ReplicaRule.Look;
        }

        return counts;
    }
}
