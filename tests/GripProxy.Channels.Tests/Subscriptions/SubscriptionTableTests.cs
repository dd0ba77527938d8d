using GripProxy.Channels.Subscriptions;

namespace GripProxy.Channels.Tests.Subscriptions;

public sealed class SubscriptionTableTests : IDisposable
{
    private readonly ChannelsFixture _channels = new();

    public void Dispose() => _channels.Dispose();

    [Fact]
    public void Leave_Twice_DoesNothing()
    {
        var first = Join(SubscriptionMode.Stream);
        Join(SubscriptionMode.Stream);
        _channels.Table.Leave(first);
        _channels.Table.Leave(first);
        Assert.Equal(1, _channels.Table.CountSubscribers("c"));
    }

    [Fact]
    public void Join_AfterOthersHaveLeft_EachGetsWhatComesWhileItIsThere()
    {
        var holds = Enumerable.Range(0, 4).Select(static _ => new RecordingOutbound()).ToArray();
        var first = _channels.Table.Join(holds[0], "c", SubscriptionMode.Stream, prevId: null);
        _channels.Publish("1");
        _channels.Table.Leave(first);
        var second = _channels.Table.Join(holds[1], "c", SubscriptionMode.Stream, prevId: null);
        var third = _channels.Table.Join(holds[2], "c", SubscriptionMode.Stream, prevId: null);
        _channels.Publish("2");
        _channels.Table.Leave(second);
        _channels.Publish("3");
        _channels.Table.Leave(third);
        _channels.Table.Join(holds[3], "c", SubscriptionMode.Stream, prevId: null);
        _channels.Publish("4");

        string[][] ids = [["1"], ["2"], ["2", "3"], ["4"]];
        Assert.Equal(ids, Array.ConvertAll(holds, static hold => hold.Ids.ToArray()));
        Assert.Equal([holds[3]], _channels.Table.Holders("c"));
    }

    [Fact]
    public void Leave_InAnyOrder_OthersStillGetItems()
    {
        var random = new Random(7);
        var holds = Enumerable.Range(0, 100).Select(_ => new RecordingOutbound()).ToList();
        var places = holds.ConvertAll(h => _channels.Table.Join(h, "c", SubscriptionMode.Stream, prevId: null));
        var stay = new HashSet<int>(Enumerable.Range(0, 100));
        for (var i = 0; i < 60; i++)
        {
            var leaver = random.Next(100);
            stay.Remove(leaver);
            _channels.Table.Leave(places[leaver]);
        }

        _channels.Publish("1");
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(stay.Contains(i) ? 1 : 0, holds[i].Ids.Count));
    }

    [Fact]
    public void Join_PrevIdDiffersFromLastId_IsBehindOnce()
    {
        Join(SubscriptionMode.Stream);
        _channels.Publish("2");
        Assert.True(JoinWith("1").IsBehind());
        Assert.False(JoinWith("1").IsBehind());
    }

    [Fact]
    public void Join_PrevIdIsTheLastId_IsNotBehind()
    {
        Join(SubscriptionMode.Stream);
        _channels.Publish("2");
        Assert.False(JoinWith("2").IsBehind());
    }

    [Fact]
    public void Join_BetweenTwoPolls_RemembersTheLastIdWhileLingering()
    {
        var poll = Join(SubscriptionMode.Response);
        _channels.Publish("1");
        _channels.Table.Leave(poll);
        _channels.Publish("2", "1");
        _channels.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(JoinWith("1").IsBehind());
    }

    [Fact]
    public void Leave_LastPollAndLingerOver_ChannelIsForgotten()
    {
        var poll = Join(SubscriptionMode.Response);
        _channels.Publish("1");
        _channels.Table.Leave(poll);
        _channels.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.False(JoinWith("0").IsBehind());
    }

    [Fact]
    public void Leave_AnotherPollInBetween_LingerStartsAgain()
    {
        _channels.Table.Leave(Join(SubscriptionMode.Response));
        _channels.Time.Advance(TimeSpan.FromSeconds(40));
        var poll = Join(SubscriptionMode.Response);
        _channels.Publish("1");
        _channels.Table.Leave(poll);
        _channels.Time.Advance(TimeSpan.FromSeconds(40));
        Assert.True(JoinWith("0").IsBehind());
        _channels.Time.Advance(TimeSpan.FromSeconds(120));
        Assert.Equal(1, _channels.Table.CountSubscribers("c"));
    }

    private Subscription Join(SubscriptionMode mode) => _channels.Table.Join(new RecordingOutbound(), "c", mode, prevId: null);

    private Subscription JoinWith(string prevId) => _channels.Table.Join(new RecordingOutbound(), "c", SubscriptionMode.Response, prevId);
}
