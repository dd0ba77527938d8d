using GripProxy.Channels.Connections;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

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
        Assert.Equal(1, _channels.Metrics.AdditionsTo("gripproxy.deliveries"));
    }

    [Fact]
    public void Publish_NobodyListens_CountsTheItemOnly()
    {
        _channels.Publish("1");
        Assert.Equal(0, _channels.Metrics.AdditionsTo("gripproxy.deliveries"));
        Assert.Equal(1, _channels.Metrics["gripproxy.publish.items door=http outcome=delivered"]);
    }

    [Fact]
    public void Publish_ConnectionsOfSeveralRoutesAndTransports_CountsEachInItsPlace()
    {
        var (first, second) = (_channels.Traffic.Of("first"), _channels.Traffic.Of("second"));
        Join(HeldTransport.WebSocket, first);
        Join(HeldTransport.WebSocket, first);
        Join(HeldTransport.SockJs, first);
        Join(HeldTransport.WebSocket, second);
        _channels.Pipeline.Publish([new Item { Channel = "c", WebSocketMessage = new WebSocketMessageFormat { Content = "x"u8.ToArray() } }]);
        Assert.Equal(3, _channels.Metrics["gripproxy.deliveries transport=ws"]);
        Assert.Equal(1, _channels.Metrics["gripproxy.deliveries transport=sockjs"]);
        Assert.Equal(3, first.Total(TrafficCount.Sent));
        Assert.Equal(1, second.Total(TrafficCount.Sent));
    }

    [Fact]
    public void Publish_ItemThatHasToWait_IsCountedAsWaitingAndItsRivalAsRejected()
    {
        Join(SubscriptionMode.Stream, DeliveryOutcome.Queued);
        _channels.Publish("1");
        _channels.Publish("3", prevId: "2");
        _channels.Publish("3b", prevId: "2");
        Assert.Equal(1, _channels.Metrics["gripproxy.publish.items door=http outcome=waiting"]);
        Assert.Equal(1, _channels.Metrics["gripproxy.publish.items door=http outcome=rejected"]);
    }

    [Fact]
    public void Publish_SameIdAgain_IsCountedAsDuplicateAndNotAsReceived()
    {
        _channels.Publish("1");
        _channels.Publish("1");
        Assert.Equal(1, _channels.Metrics["gripproxy.publish.items door=http outcome=duplicate"]);
        Assert.Equal(1, _channels.Traffic.Received);
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
        Assert.Equal(0, _channels.Metrics.AdditionsTo("gripproxy.deliveries"));
    }

    [Fact]
    public void Publish_NotMeantForTheHold_IsNeitherDeliveryNorDrop()
    {
        Join(SubscriptionMode.Stream, DeliveryOutcome.NoFormat);
        Join(SubscriptionMode.Stream, DeliveryOutcome.FilteredBy(FilterKind.SkipSelf));
        _channels.Publish("1");
        Assert.Equal(0, _channels.Metrics.AdditionsTo("gripproxy.deliveries") + _channels.Metrics.AdditionsTo("gripproxy.drops"));
    }

    private void Join(SubscriptionMode mode, DeliveryOutcome answer)
    {
        var transport = mode == SubscriptionMode.Response ? HeldTransport.Response : HeldTransport.Stream;
        _channels.Table.Join(new RecordingOutbound { Answer = answer, Transport = transport }, "c", mode, prevId: null);
    }

    private void Join(HeldTransport transport, RouteTraffic route) =>
        _channels.Table.Join(new RecordingOutbound { Transport = transport, Traffic = route }, "c", SubscriptionMode.WebSocket, prevId: null);
}
