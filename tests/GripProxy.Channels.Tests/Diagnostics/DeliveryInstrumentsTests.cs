using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Filters;

namespace GripProxy.Channels.Tests.Diagnostics;

public sealed class DeliveryInstrumentsTests : IDisposable
{
    private readonly ChannelsFixture _channels = new();

    public void Dispose() => _channels.Dispose();

    [Fact]
    public void Publish_ManyConnections_CountsThemInOneAdd()
    {
        for (var i = 0; i < 50; i++)
            Join(SubscriptionMode.Stream, DeliveryOutcome.Queued);
        _channels.Publish("1");
        Assert.Equal(50, _channels.Metrics["gripproxy.deliveries transport=stream"]);
        Assert.Equal(1, _channels.Metrics.Additions);
    }

    [Fact]
    public void Publish_NobodyListens_CountsNothing()
    {
        _channels.Publish("1");
        Assert.Equal(0, _channels.Metrics.Additions);
    }

    [Theory]
    [InlineData(DropReason.QueueFull, "queue-full")]
    [InlineData(DropReason.ContentFilters, "content-filters")]
    [InlineData(DropReason.NotJoined, "not-joined")]
    [InlineData(DropReason.ConnectionClosed, "connection-closed")]
    public void Publish_HoldSaysNo_IsADropWithThatReason(DropReason answer, string reason)
    {
        Join(SubscriptionMode.Response, DeliveryOutcome.Dropped(answer));
        _channels.Publish("1");
        Assert.Equal(1, _channels.Metrics[$"gripproxy.drops transport=response reason={reason}"]);
        Assert.Equal(1, _channels.Metrics.Additions);
    }

    [Fact]
    public void Publish_NotMeantForTheHold_IsNeitherDeliveryNorDrop()
    {
        Join(SubscriptionMode.Stream, DeliveryOutcome.NoFormat);
        Join(SubscriptionMode.Stream, DeliveryOutcome.FilteredBy(FilterKind.SkipSelf));
        _channels.Publish("1");
        Assert.Equal(0, _channels.Metrics.Additions);
    }

    private void Join(SubscriptionMode mode, DeliveryOutcome answer) =>
        _channels.Table.Join(new RecordingOutbound { Answer = answer }, "c", mode, prevId: null);
}
