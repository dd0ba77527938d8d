using GripProxy.Channels.Subscriptions;

namespace GripProxy.Channels.Tests.Subscriptions;

/// <summary>The first holds of a channel look at their origins again (HTTP-36), not all at once.</summary>
public sealed class FirstUpdateTests : IDisposable
{
    // Due moments are kept at most a tick late.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1.1);
    private static readonly TimeSpan Next = TimeSpan.FromSeconds(0.2);

    private readonly ChannelsFixture _channels = new();

    public void Dispose() => _channels.Dispose();

    [Fact]
    public void FewHolds_AreAskedASecondAfterTheFirst()
    {
        var (holds, _) = Join(3);
        _channels.Time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.All(holds, static hold => Assert.Equal(0, hold.Updates));
        _channels.Time.Advance(Next);
        Assert.All(holds, static hold => Assert.Equal(1, hold.Updates));
    }

    [Fact]
    public void ManyHolds_AreAskedSomeAtATime_EachOnce()
    {
        var (holds, _) = Join((2 * FirstUpdate.MostAtOnce) + 1);
        _channels.Time.Advance(First);
        Assert.Equal(FirstUpdate.MostAtOnce, Asked(holds));
        _channels.Time.Advance(Next);
        Assert.Equal(2 * FirstUpdate.MostAtOnce, Asked(holds));
        _channels.Time.Advance(Next);
        Assert.Equal(holds.Count, Asked(holds));
        _channels.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.All(holds, static hold => Assert.Equal(1, hold.Updates));
    }

    [Fact]
    public void WhoHasLeftOrComesLater_IsNotAsked()
    {
        var (holds, places) = Join(FirstUpdate.MostAtOnce + 2);
        _channels.Time.Advance(First);
        _channels.Table.Leave(places[^1]);
        var (late, _) = Join(1);
        _channels.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, holds[^1].Updates);
        Assert.Equal(1, holds[^2].Updates);
        Assert.Equal(0, late[0].Updates);
    }

    private static int Asked(List<RecordingOutbound> holds) => holds.Sum(static hold => hold.Updates);

    private (List<RecordingOutbound> Holds, List<Subscription> Places) Join(int count)
    {
        var holds = Enumerable.Range(0, count).Select(static _ => new RecordingOutbound()).ToList();
        return (holds, holds.ConvertAll(hold => _channels.Table.Join(hold, "c", SubscriptionMode.Response, prevId: null)));
    }
}
