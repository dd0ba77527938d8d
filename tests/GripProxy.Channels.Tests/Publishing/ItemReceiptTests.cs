using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Tests.Publishing;

public sealed class ItemReceiptTests : IDisposable
{
    private readonly ChannelsFixture _channels = new();

    public void Dispose() => _channels.Dispose();

    [Fact]
    public void Publish_ManyOutcomes_EachIsCountedAndMatchedIsTheirSum()
    {
        Join(DeliveryOutcome.Queued);
        Join(DeliveryOutcome.Queued, SubscriptionMode.Response);
        Join(DeliveryOutcome.NoFormat);
        Join(DeliveryOutcome.FilteredBy(FilterKind.SkipSelf));
        Join(DeliveryOutcome.FilteredBy(FilterKind.SkipSelf));
        Join(DeliveryOutcome.FilteredBy(FilterKind.RequireSub));
        Join(DeliveryOutcome.Dropped(DropReason.QueueFull));

        var receipt = Publish("1");

        Assert.Equal(PublishOutcome.Delivered, receipt.Outcome);
        Assert.Equal((7, 2, 1), (receipt.Matched, receipt.Queued, receipt.NoFormat));
        Assert.Equal(
            new Dictionary<FilterKind, int> { [FilterKind.SkipSelf] = 2, [FilterKind.RequireSub] = 1 }, receipt.Filtered);
        Assert.Equal(new Dictionary<DropReason, int> { [DropReason.QueueFull] = 1 }, receipt.Dropped);
    }

    [Fact]
    public void Publish_ItemWithoutTheFormat_SaysNoFormat()
    {
        Join(DeliveryOutcome.Queued, SubscriptionMode.Response);
        Join(DeliveryOutcome.Queued);
        var receipt = Assert.Single(_channels.Pipeline.PublishWithReceipts([ChannelsFixture.StreamItem("1") with { HttpStream = null }]));
        Assert.Equal((2, 1, 1), (receipt.Matched, receipt.Queued, receipt.NoFormat));
    }

    [Fact]
    public void Publish_NobodyThere_IsDeliveredToNone()
    {
        var receipt = Publish("1");
        Assert.Equal((PublishOutcome.Delivered, 0), (receipt.Outcome, receipt.Matched));
    }

    [Fact]
    public void Publish_IdAgain_IsADuplicate()
    {
        Join(DeliveryOutcome.Queued);
        Publish("1");
        var receipt = Publish("1");
        Assert.Equal((PublishOutcome.Duplicate, 0), (receipt.Outcome, receipt.Matched));
    }

    [Fact]
    public void Publish_PredecessorMissing_WaitsAndLaterDeliveryDoesNotCount()
    {
        Join(DeliveryOutcome.Queued);
        Publish("1");
        var third = Publish("3", prevId: "2");
        var second = Publish("2", prevId: "1");
        Assert.Equal((PublishOutcome.Waiting, "2", 0), (third.Outcome, third.WaitsFor, third.Matched));
        Assert.Equal((PublishOutcome.Delivered, null, 1), (second.Outcome, second.WaitsFor, second.Matched));
    }

    [Fact]
    public void Publish_PlaceOfTheWaitingItemIsTaken_SaysSo()
    {
        Join(DeliveryOutcome.Queued);
        Publish("1");
        Publish("3", prevId: "2");
        var receipt = Publish("4", prevId: "2");
        Assert.Equal((PublishOutcome.PlaceTaken, "2"), (receipt.Outcome, receipt.WaitsFor));
    }

    [Fact]
    public void Publish_TooManyWait_SaysSo()
    {
        Join(DeliveryOutcome.Queued);
        Publish("1");
        for (var i = 0; i < 100; i++)
            Publish($"w{i}", prevId: $"m{i}");
        Assert.Equal(PublishOutcome.TooManyWait, Publish("x", prevId: "y").Outcome);
    }

    [Fact]
    public void Publish_Paced_CountsWhatWaitsAsQueuedAndTheRestAsDropped()
    {
        using var channels = new ChannelsFixture(new ChannelsOptions { MessageRate = 1, MessageHwm = 2 });
        for (var i = 0; i < 5; i++)
            channels.Table.Join(new RecordingOutbound(), "c", SubscriptionMode.Stream, prevId: null);
        var receipt = Assert.Single(channels.Pipeline.PublishWithReceipts([ChannelsFixture.StreamItem("1")]));
        Assert.Equal((5, 3), (receipt.Matched, receipt.Queued));
        Assert.Equal(new Dictionary<DropReason, int> { [DropReason.RateHwm] = 2 }, receipt.Dropped);
    }

    [Fact]
    public void Publish_WithoutReceipt_OffersTheItemItself()
    {
        var hold = new RecordingOutbound();
        _channels.Table.Join(hold, "c", SubscriptionMode.Stream, prevId: null);
        var item = ChannelsFixture.StreamItem("1");
        _channels.Pipeline.Publish([item]);
        Assert.Same(item, Assert.Single(hold.Items));
    }

    private void Join(DeliveryOutcome answer, SubscriptionMode mode = SubscriptionMode.Stream) =>
        _channels.Table.Join(new RecordingOutbound { Answer = answer }, "c", mode, prevId: null);

    private ItemReceipt Publish(string? id, string? prevId = null) =>
        Assert.Single(_channels.Pipeline.PublishWithReceipts([ChannelsFixture.StreamItem(id, prevId)]));
}
