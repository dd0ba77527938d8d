using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Testing;

namespace GripProxy.Channels.Tests.Pacing;

public sealed class DeliveryPacerTests
{
    private const string Drops = "gripproxy.drops transport=stream reason=rate-hwm";
    private readonly RecordingOutbound _hold = new();

    [Fact]
    public void Publish_ThirtyItemsAtTenASecond_TakeThreeSecondsInOrder()
    {
        using var channels = With(rate: 10);
        Join(channels, _hold);
        for (var i = 0; i < 30; i++)
            channels.Publish($"{i}");
        Assert.Equal(["0"], _hold.Ids);
        channels.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(11, _hold.Ids.Count);
        channels.Time.Advance(TimeSpan.FromSeconds(1.89));
        Assert.Equal(29, _hold.Ids.Count);
        channels.Time.Advance(TimeSpan.FromSeconds(0.01));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i}"), _hold.Ids);
        Assert.Equal(30, _hold.Drains);
    }

    [Fact]
    public void Publish_BatchedRate_FirstBatchIsImmediateAndTheAverageIsExact()
    {
        using var channels = With(rate: 2500);
        Join(channels, _hold);
        for (var i = 0; i < 1000; i++)
            channels.Publish($"{i}");
        // 62.5 in 25 ms.
        Assert.Equal(62, _hold.Ids.Count);
        channels.Time.Advance(TimeSpan.FromMilliseconds(30));
        Assert.Equal(125, _hold.Ids.Count);
        channels.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(625, _hold.Ids.Count);
    }

    [Fact]
    public void Publish_AfterAPause_IsImmediateButABatchOnly()
    {
        using var channels = With(rate: 80);
        Join(channels, _hold);
        channels.Publish("1");
        channels.Time.Advance(TimeSpan.FromSeconds(5));
        foreach (var id in new[] { "2", "3", "4" })
            channels.Publish(id);
        Assert.Equal(["1", "2", "3"], _hold.Ids);
        channels.Time.Advance(TimeSpan.FromMilliseconds(30));
        Assert.Equal(["1", "2", "3", "4"], _hold.Ids);
    }

    [Fact]
    public void Publish_WhileOthersWait_TakesItsTurnBehindThem()
    {
        using var channels = With(rate: 10);
        Join(channels, _hold);
        channels.Publish("1");
        channels.Publish("2");
        channels.Time.Advance(TimeSpan.FromMilliseconds(90));
        channels.Publish("3");
        Assert.Equal(["1"], _hold.Ids);
        channels.Time.Advance(TimeSpan.FromMilliseconds(210));
        Assert.Equal(["1", "2", "3"], _hold.Ids);
    }

    [Fact]
    public void Publish_ABusyAndAQuietRoute_TakeTurns()
    {
        using var channels = With(rate: 10);
        var busy = new RecordingOutbound { RouteId = "busy" };
        var quiet = new RecordingOutbound { RouteId = "quiet" };
        Join(channels, busy);
        Join(channels, quiet, "q");
        for (var i = 0; i < 10; i++)
            channels.Publish($"{i}");
        channels.Publish("a", channel: "q");
        channels.Publish("b", channel: "q");
        channels.Time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(["0", "1", "2"], busy.Ids);
        Assert.Equal(["a", "b"], quiet.Ids);
    }

    [Fact]
    public void Publish_BeyondTheHighWaterMark_IsDroppedCountedAndWarnedAbout()
    {
        using var logs = new LogRecorder();
        using var channels = With(rate: 10, hwm: 3, logs: logs);
        Join(channels, _hold);
        for (var i = 0; i < 6; i++)
            channels.Publish($"{i}");
        channels.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["0", "1", "2", "3"], _hold.Ids);
        Assert.Equal(2, channels.Metrics[Drops]);
        Assert.Equal(4, channels.Metrics["gripproxy.deliveries transport=stream"]);
        Assert.Equal(2, logs.Lines.Count(line => line == "Warning: exceeded publish hwm (3), dropping message"));
        Assert.Equal([1, 1, 1, 1, 0, 0], logs.Lines.Where(line => line.Contains("receivers", StringComparison.Ordinal)).Select(line => line[^1] - '0'));
    }

    [Fact]
    public void Publish_ManyConnectionsOfARouteLoseAnItem_OneWarningNamesTheRoute()
    {
        using var logs = new LogRecorder();
        using var channels = With(rate: 10, hwm: 1, logs: logs);
        for (var i = 0; i < 5; i++)
            Join(channels, new RecordingOutbound { RouteId = "shop" });
        channels.Publish("1");
        Assert.Equal(3, channels.Metrics[Drops]);
        Assert.Single(logs.Lines, line => line == "Warning: exceeded publish hwm (1) for route shop, dropping message");
    }

    [Fact]
    public void Publish_HighWaterMark_IsPerRoute()
    {
        using var channels = With(rate: 10, hwm: 1);
        var other = new RecordingOutbound { RouteId = "other" };
        Join(channels, _hold);
        Join(channels, other, "o");
        foreach (var id in new[] { "1", "2", "3" })
            channels.Publish(id);
        channels.Publish("a", channel: "o");
        channels.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["1", "2"], _hold.Ids);
        Assert.Equal(["a"], other.Ids);
    }

    [Fact]
    public void Leave_WhileDeliveriesWait_TheyCostNeitherRateNorRoom()
    {
        using var channels = With(rate: 10, hwm: 5);
        var leaving = Join(channels, new RecordingOutbound());
        for (var i = 0; i < 6; i++)
            channels.Publish($"{i}");
        channels.Table.Leave(leaving);
        Join(channels, _hold);
        for (var i = 10; i < 15; i++)
            channels.Publish($"{i}");
        Assert.Equal(0, channels.Metrics[Drops]);
        channels.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(["10"], _hold.Ids);
    }

    [Fact]
    public void Offer_SaysNo_IsCountedWhenTheTurnComes()
    {
        using var channels = With(rate: 10);
        Join(channels, _hold);
        channels.Publish("1");
        channels.Publish("2");
        _hold.Answer = DeliveryOutcome.Dropped(DropReason.QueueFull);
        channels.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, channels.Metrics["gripproxy.drops transport=stream reason=queue-full"]);
        Assert.Equal(1, channels.Metrics["gripproxy.deliveries transport=stream"]);
    }

    [Fact]
    public void Publish_WithBlocks_HeavyItemsTakeMoreOfTheRate()
    {
        using var channels = With(rate: 10, blockSize: 10);
        Join(channels, _hold);
        // Five blocks, and as the publisher says four.
        channels.Pipeline.Publish(
        [
            ChannelsFixture.StreamItem("1") with { HttpStream = new() { Content = new byte[41] } },
            ChannelsFixture.StreamItem("2") with { Size = 40 },
            ChannelsFixture.StreamItem("3"),
        ]);
        channels.Time.Advance(TimeSpan.FromMilliseconds(490));
        Assert.Equal(["1"], _hold.Ids);
        channels.Time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(["1", "2"], _hold.Ids);
        channels.Time.Advance(TimeSpan.FromMilliseconds(390));
        Assert.Equal(["1", "2"], _hold.Ids);
        channels.Time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(["1", "2", "3"], _hold.Ids);
    }

    [Fact]
    public void Publish_AbsurdSize_StopsNobodyForLong()
    {
        using var channels = With(rate: 10, blockSize: 1);
        Join(channels, _hold);
        channels.Pipeline.Publish([ChannelsFixture.StreamItem("1") with { Size = int.MaxValue }, ChannelsFixture.StreamItem("2") with { Size = 0 }]);
        channels.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["1", "2"], _hold.Ids);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Publish_RandomLoad_KeepsTheOrderOfEachConnectionAndLosesNothing(int seed)
    {
        var random = new Random(seed);
        using var channels = With(rate: random.Next(1, 400), blockSize: random.Next(0, 3));
        var holds = Enumerable.Range(0, 8).Select(i => new RecordingOutbound { RouteId = i % 3 == 0 ? null : $"r{i % 3}" }).ToArray();
        for (var i = 0; i < holds.Length; i++)
            Join(channels, holds[i], $"c{i % 4}");
        var published = new List<string?>[4];
        for (var c = 0; c < 4; c++)
            published[c] = [];
        for (var i = 0; i < 200; i++)
        {
            var c = random.Next(4);
            channels.Publish($"{i}", channel: $"c{c}");
            published[c].Add($"{i}");
            if (random.Next(3) == 0)
                channels.Time.Advance(TimeSpan.FromMilliseconds(random.Next(40)));
        }

        channels.Time.Advance(TimeSpan.FromSeconds(500));
        for (var i = 0; i < holds.Length; i++)
            Assert.Equal(published[i % 4], holds[i].Ids);
    }

    private static ChannelsFixture With(int rate, int hwm = 0, int blockSize = 0, LogRecorder? logs = null) =>
        new(new ChannelsOptions { MessageRate = rate, MessageHwm = hwm, MessageBlockSize = blockSize, UpdateOnFirstSubscription = false }, logs);

    private static Subscription Join(ChannelsFixture channels, IOutbound hold, string channel = "c") =>
        channels.Table.Join(hold, channel, SubscriptionMode.Stream, prevId: null);
}
