using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Filters;
using GripProxy.Testing;

namespace GripProxy.Channels.Tests.Tracing;

public sealed class TraceLogTests : IDisposable
{
    private readonly ChannelsFixture _channels = new(new ChannelsOptions
    {
        IdCacheTtl = TimeSpan.FromSeconds(60),
        TraceItems = 3,
        TraceChannels = ["c*"],
    });

    public void Dispose() => _channels.Dispose();

    [Fact]
    public void Publish_ManyOutcomes_TheTraceSaysWhatBecameOfEach()
    {
        Join("a", DeliveryOutcome.Queued);
        Join("b", DeliveryOutcome.FilteredBy(FilterKind.SkipSelf));
        Join("d", DeliveryOutcome.Dropped(DropReason.QueueFull));
        Join("e", DeliveryOutcome.NoFormat);
        _channels.Pipeline.Publish([ChannelsFixture.StreamItem("1")], PublisherDoor.Pull);
        Assert.Equal(["received pull 2", "matched 4", "queued a", "filtered b skip-self", "dropped d queue-full", "no-format e"], Steps("1"));
    }

    [Fact]
    public void Publish_ItemWithoutTheFormat_SaysSoPerConnection()
    {
        Join("a", DeliveryOutcome.Queued);
        _channels.Pipeline.Publish([ChannelsFixture.StreamItem("1") with { HttpStream = null }]);
        Assert.Equal(["received http 1", "matched 1", "no-format a"], Steps("1"));
    }

    [Fact]
    public void Publish_NobodyListens_MatchesNone()
    {
        _channels.Publish("1");
        Assert.Equal(["received http 2", "matched"], Steps("1"));
    }

    [Fact]
    public void Publish_Duplicate_HasATraceOfItsOwnAndTheNewestComesFirst()
    {
        _channels.Publish("1");
        _channels.Publish("1");
        Assert.Equal(
            [["received http 2", "duplicate"], ["received http 2", "matched"]],
            _channels.Traces.Find("c", "1").Select(record => TraceText.Of(record.Steps)));
    }

    [Fact]
    public void Publish_OutOfOrder_SaysWhatItWaitedForAndHowLong()
    {
        Join("a", DeliveryOutcome.Queued);
        _channels.Publish("1");
        _channels.Publish("3", prevId: "2");
        _channels.Time.Advance(TimeSpan.FromSeconds(1.5));
        _channels.Publish("2", prevId: "1");
        Assert.Equal(["received http 2", "waiting 2", "released chained 1.5", "matched 1", "queued a"], Steps("3"));
    }

    [Fact]
    public void Publish_PredecessorNeverComes_IsReleasedExpired()
    {
        Join("a", DeliveryOutcome.Queued);
        _channels.Publish("1");
        _channels.Publish("3", prevId: "2");
        _channels.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["received http 2", "waiting 2", "released expired", "matched 1", "queued a"], Steps("3").Select(step => step.Split(" 5")[0]));
    }

    [Fact]
    public void Publish_PlaceOfTheWaitingItemIsTaken_IsDropped()
    {
        Join("a", DeliveryOutcome.Queued);
        _channels.Publish("1");
        _channels.Publish("3", prevId: "2");
        _channels.Publish("4", prevId: "2");
        Assert.Equal(["received http 2", "dropped place-taken"], Steps("4"));
    }

    [Fact]
    public void Publish_ToMoreConnectionsThanAreKept_CountsTheOthers()
    {
        for (var i = 0; i < 250; i++)
            Join($"n{i}", DeliveryOutcome.Queued);
        _channels.Publish("1");
        var steps = Steps("1");
        Assert.Equal(2 + ItemTrail.MaxConnectionSteps + 1, steps.Count);
        Assert.Equal("more 50", steps[^1]);
    }

    [Fact]
    public void Publish_MoreThanTheLogHolds_ForgetsTheOldest()
    {
        foreach (var id in new[] { "1", "2", "3", "4" })
            _channels.Publish(id);
        Assert.Empty(_channels.Traces.Find("c", "1"));
        Assert.Single(_channels.Traces.Find("c", "2"));
        Assert.Single(_channels.Traces.Find("c", "4"));
    }

    [Fact]
    public void Publish_OtherChannelOrNoId_IsNotKept()
    {
        _channels.Publish("1", channel: "other");
        _channels.Publish(id: null);
        _channels.Publish(new string('x', 5000));
        Assert.Empty(_channels.Traces.Find("other", "1"));
        Assert.Empty(_channels.Traces.Find("c", new string('x', 5000)));
    }

    [Fact]
    public void Publish_ReceiptAndTrace_BothTellTheSame()
    {
        Join("a", DeliveryOutcome.Queued);
        var receipt = Assert.Single(_channels.Pipeline.PublishWithReceipts([ChannelsFixture.StreamItem("1")]));
        Assert.Equal((1, 1), (receipt.Matched, receipt.Queued));
        Assert.Equal(["received http 2", "matched 1", "queued a"], Steps("1"));
    }

    [Fact]
    public void Listen_WithoutAnythingKept_HearsTheStepsUntilRemoved()
    {
        using var channels = new ChannelsFixture(new ChannelsOptions());
        channels.Table.Join(new RecordingOutbound { ConnectionId = "a" }, "c", SubscriptionMode.Stream, prevId: null);
        var listener = new RecordingListener("c");
        channels.Traces.Add(listener);
        channels.Publish("1");
        channels.Publish(id: null, channel: "other");
        channels.Traces.Remove(listener);
        channels.Publish("2");
        Assert.Equal(["c 1 received http 2", "c 1 matched 1", "c 1 queued a"], listener.Heards);
    }

    [Fact]
    public void Listen_ToMoreConnectionsThanAreKept_HearsOnceThatThereAreMore()
    {
        for (var i = 0; i < 250; i++)
            Join($"n{i}", DeliveryOutcome.Queued);
        var listener = new RecordingListener("c");
        _channels.Traces.Add(listener);
        _channels.Publish("1");
        Assert.Equal(2 + ItemTrail.MaxConnectionSteps + 1, listener.Heards.Count);
    }

    [Fact]
    public void Pace_DeliveryWaits_IsQueuedWhenItsTurnComes()
    {
        using var channels = new ChannelsFixture(new ChannelsOptions { MessageRate = 1, TraceItems = 1 });
        foreach (var name in new[] { "a", "b" })
            channels.Table.Join(new RecordingOutbound { ConnectionId = name }, "c", SubscriptionMode.Stream, prevId: null);
        channels.Publish("1");
        var trace = Assert.Single(channels.Traces.Find("c", "1"));
        Assert.Equal(["received http 2", "matched 2", "queued a"], TraceText.Of(trace.Steps));
        channels.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["received http 2", "matched 2", "queued a", "queued b"], TraceText.Of(trace.Steps));
    }

    [Fact]
    public void Pace_HoldLeavesWhileTheDeliveryWaits_IsDropped()
    {
        using var channels = new ChannelsFixture(new ChannelsOptions { MessageRate = 1, TraceItems = 1 });
        var places = new[] { "a", "b" }.Select(
            name => channels.Table.Join(new RecordingOutbound { ConnectionId = name }, "c", SubscriptionMode.Stream, prevId: null)).ToArray();
        channels.Publish("1");
        channels.Table.Leave(places[1]);
        channels.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(
            ["received http 2", "matched 2", "queued a", "dropped b connection-closed"],
            TraceText.Of(Assert.Single(channels.Traces.Find("c", "1")).Steps));
    }

    private void Join(string connection, DeliveryOutcome answer) =>
        _channels.Table.Join(new RecordingOutbound { ConnectionId = connection, Answer = answer }, "c", SubscriptionMode.Stream, prevId: null);

    private List<string> Steps(string id) => [.. TraceText.Of(Assert.Single(_channels.Traces.Find("c", id)).Steps)];

    private sealed class RecordingListener(string channel) : ITraceListener
    {
        public List<string> Heards { get; } = [];

        public bool Wants(string other) => other == channel;

        public void Heard(string from, string? id, TraceStep traced) => Heards.Add($"{from} {id} {TraceText.Of(traced)}");
    }
}
