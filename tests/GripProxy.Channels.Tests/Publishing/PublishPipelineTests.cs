using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Filters;
using GripProxy.Testing;

namespace GripProxy.Channels.Tests.Publishing;

public sealed class PublishPipelineTests : IDisposable
{
    private readonly ChannelsFixture _channels = new();
    private readonly RecordingOutbound _hold = new();

    public void Dispose() => _channels.Dispose();

    [Fact]
    public void Publish_OtherChannel_ReachesNobody()
    {
        Join();
        _channels.Publish("1", channel: "cc");
        _channels.Publish("1", channel: "");
        Assert.Empty(_hold.Ids);
    }

    [Fact]
    public void Publish_SeveralSubscribers_EachGetsItOnceAndIsDrained()
    {
        var holds = Enumerable.Range(0, 5).Select(_ => new RecordingOutbound()).ToArray();
        foreach (var hold in holds)
            _channels.Table.Join(hold, "c", SubscriptionMode.Stream, prevId: null);
        _channels.Publish("1");
        Assert.All(holds, hold => Assert.Equal(("1", 1), (Assert.Single(hold.Ids), hold.Drains)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Publish_ManyItemsForOneHoldEach_ServesThemItself(bool withReceipts)
    {
        using var served = new ThreadLocal<int>();
        var items = Enumerable.Range(0, 100).Select(static i => ChannelsFixture.StreamItem(null, channel: $"c{i}")).ToArray();
        foreach (var item in items)
            _channels.Table.Join(new RecordingOutbound { OnDrain = () => served.Value++ }, item.Channel, SubscriptionMode.Stream, prevId: null);
        if (withReceipts)
            _channels.Pipeline.PublishWithReceipts(items);
        else
            _channels.Pipeline.Publish(items);
        Assert.Equal(100, served.Value);
    }

    [Fact]
    public void Publish_FiltersDropIt_TheLogSaysHowOften()
    {
        using var logs = new LogRecorder();
        using var channels = new ChannelsFixture(logs: logs);
        var filtered = DeliveryOutcome.FilteredBy(FilterKind.SkipSelf);
        foreach (var answer in new[] { filtered, filtered, DeliveryOutcome.Queued })
            channels.Table.Join(new RecordingOutbound { Answer = answer }, "c", SubscriptionMode.Stream, prevId: null);
        channels.Publish("1");
        channels.Publish("2", channel: "other");
        Assert.Equal(
            ["Information: publish channel=c receivers=1 filtered=2", "Information: publish channel=other receivers=0"],
            logs.Lines.Where(line => line.Contains("receivers", StringComparison.Ordinal)));
    }

    [Fact]
    public void Publish_SameIdTwice_IsDroppedWithinTheTimeToLive()
    {
        Join();
        _channels.Publish("1");
        _channels.Time.Advance(TimeSpan.FromSeconds(59));
        _channels.Publish("1");
        Assert.Equal(["1"], _hold.Ids);
        _channels.Time.Advance(TimeSpan.FromSeconds(1));
        _channels.Publish("1");
        Assert.Equal(["1", "1"], _hold.Ids);
    }

    [Fact]
    public void Publish_SameIdOnAnotherChannel_IsNoDuplicate()
    {
        Join();
        _channels.Publish("1", channel: "other");
        _channels.Publish("1");
        Assert.Equal(["1"], _hold.Ids);
    }

    [Fact]
    public void Publish_DuplicatesWithoutTimeToLive_AllPass()
    {
        using var channels = new ChannelsFixture(new ChannelsOptions());
        channels.Table.Join(_hold, "c", SubscriptionMode.Stream, prevId: null);
        channels.Publish("7");
        channels.Publish("7");
        Assert.Equal(["7", "7"], _hold.Ids);
    }

    [Fact]
    public void Publish_OutOfOrder_WaitsForPrevId()
    {
        Join();
        _channels.Publish("1");
        _channels.Publish("4", "3");
        _channels.Publish("3", "2");
        Assert.Equal(["1"], _hold.Ids);
        _channels.Publish("2", "1");
        Assert.Equal(["1", "2", "3", "4"], _hold.Ids);
    }

    [Fact]
    public void Publish_PredecessorNeverComes_IsDeliveredAfterMessageWait()
    {
        Join();
        _channels.Publish("1");
        _channels.Publish("3", "2");
        _channels.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(["1"], _hold.Ids);
        _channels.Time.Advance(TimeSpan.FromSeconds(0.3));
        Assert.Equal(["1", "3"], _hold.Ids);
    }

    [Fact]
    public void Publish_WaitingItemsExpire_InTheOrderTheyCameAndChaining()
    {
        Join();
        _channels.Publish("1");
        _channels.Publish("5", "4");
        _channels.Publish("3", "2");
        _channels.Publish("6", "5");
        _channels.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["1", "5", "6", "3"], _hold.Ids);
    }

    [Fact]
    public void Publish_TwoItemsWaitForTheSamePrevId_SecondIsDropped()
    {
        Join();
        _channels.Publish("1");
        _channels.Publish("3a", "2");
        _channels.Publish("3b", "2");
        _channels.Publish("2", "1");
        Assert.Equal(["1", "2", "3a"], _hold.Ids);
    }

    [Fact]
    public void Publish_MoreThanHundredWait_FurtherAreDropped()
    {
        Join();
        _channels.Publish("0");
        for (var i = 2; i <= 103; i++)
            _channels.Publish($"{i}", $"{i - 1}");
        _channels.Publish("1", "0");
        Assert.Equal(Enumerable.Range(0, 102).Select(i => $"{i}"), _hold.Ids);
    }

    [Fact]
    public void Publish_NoSequence_NeitherWaitsNorCounts()
    {
        Join();
        _channels.Publish("1");
        _channels.Publish("3", "2", noSequence: true);
        _channels.Publish("2", "1");
        Assert.Equal(["1", "3", "2"], _hold.Ids);
    }

    [Fact]
    public void Publish_ItemWithoutId_ForgetsTheLastId()
    {
        Join();
        _channels.Publish("1");
        _channels.Publish(null);
        _channels.Publish("9", "8");
        Assert.Equal(["1", null, "9"], _hold.Ids);
    }

    [Fact]
    public void Publish_FirstAfterSubscription_IsDeliveredAtOnce()
    {
        Join();
        _channels.Publish("9", "8");
        Assert.Equal(["9"], _hold.Ids);
    }

    [Fact]
    public void Publish_LastStreamLeft_OrderIsForgotten()
    {
        var first = Join();
        _channels.Publish("1");
        _channels.Table.Leave(first);
        Join();
        _channels.Publish("9", "8");
        Assert.Equal(["1", "9"], _hold.Ids);
    }

    [Fact]
    public void Recover_ForgetsLastIdsAndAsksEveryHold()
    {
        Join();
        _channels.Publish("1");
        _channels.Pipeline.Recover();
        Assert.Equal(1, _hold.Updates);
        Assert.False(_channels.Table.Join(new RecordingOutbound(), "c", SubscriptionMode.Response, "0").IsBehind());
    }

    [Fact]
    public async Task Publish_ManyThreadsAndChannels_EveryHoldSeesEachChannelInOrder()
    {
        const int Channels = 8, Items = 500;
        var holds = new RecordingOutbound[Channels];
        for (var c = 0; c < Channels; c++)
            _channels.Table.Join(holds[c] = new RecordingOutbound(), $"c{c}", SubscriptionMode.Stream, prevId: null);
        await Task.WhenAll(Enumerable.Range(0, Channels).Select(c => Task.Run(() =>
        {
            for (var i = 0; i < Items; i++)
                _channels.Publish($"{i}", channel: $"c{c}");
        })));
        Assert.All(holds, hold => Assert.Equal(Enumerable.Range(0, Items).Select(i => $"{i}"), hold.Ids));
    }

    private Subscription Join() => _channels.Table.Join(_hold, "c", SubscriptionMode.Stream, prevId: null);
}
