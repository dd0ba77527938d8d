using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;

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
    [InlineData(DeliveryOutcome.QueueFull, "queue-full")]
    [InlineData(DeliveryOutcome.ContentFilters, "content-filters")]
    [InlineData(DeliveryOutcome.NotJoined, "not-joined")]
    [InlineData(DeliveryOutcome.ConnectionClosed, "connection-closed")]
    public void Publish_HoldSaysNo_IsADropWithThatReason(DeliveryOutcome answer, string reason)
    {
        Join(SubscriptionMode.Response, answer);
        _channels.Publish("1");
        Assert.Equal(1, _channels.Metrics[$"gripproxy.drops transport=response reason={reason}"]);
        Assert.Equal(1, _channels.Metrics.Additions);
    }

    [Theory]
    [InlineData(DeliveryOutcome.NoFormat)]
    [InlineData(DeliveryOutcome.Filtered)]
    public void Publish_NotMeantForTheHold_IsNeitherDeliveryNorDrop(DeliveryOutcome answer)
    {
        Join(SubscriptionMode.Stream, answer);
        _channels.Publish("1");
        Assert.Equal(0, _channels.Metrics.Additions);
    }

    private void Join(SubscriptionMode mode, DeliveryOutcome answer) =>
        _channels.Table.Join(new RecordingOutbound { Answer = answer }, "c", mode, prevId: null);
}
