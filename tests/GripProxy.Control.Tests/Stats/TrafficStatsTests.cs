using GripProxy.Channels;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Control.Stats;
using GripProxy.Protocol.Items;

namespace GripProxy.Control.Tests.Stats;

/// <summary>STA-03, STA-04, STA-07, STA-08.</summary>
public sealed class TrafficStatsTests : IDisposable
{
    private readonly StatsFixture _stats = new();

    public TrafficStatsTests()
    {
        _stats.Pass(0.2);
        _stats.Sink.Kinds.Remove(StatsKind.Sub);
    }

    public void Dispose() => _stats.Dispose();

    [Fact]
    public void Requests_OfSeveralRoutes_AreSentAfterATenthOfASecond()
    {
        Begin("r");
        Begin("r");
        Begin(null);
        Assert.Empty(_stats.Sink.Take());
        Assert.Equal(
            ["""activity {"count":1,"from":"me"}""", """activity {"count":2,"from":"me","route":"r"}""", """counts {"from":"me","requests-received":3}"""],
            _stats.Pass(0.1).Order(StringComparer.Ordinal));
        Assert.Empty(_stats.Pass(1));
    }

    [Fact]
    public void Requests_BeforeAnybodyListened_AreNotSentLater()
    {
        using var stats = new StatsFixture();
        stats.Sink.Kinds.Clear();
        stats.Connections.Begin(stats.Traffic.Of(null), isWebSocket: false, identity: null);
        stats.Pass(1);
        stats.Sink.Kinds.Add(StatsKind.Activity);
        Assert.Empty(stats.Pass(1));
    }

    [Fact]
    public void KeepAlive_IsASignOfLifeButNoRequest()
    {
        _stats.Traffic.Of(null).Add(TrafficCount.Activity);
        Assert.Equal(["""activity {"count":1,"from":"me"}"""], _stats.Pass(0.1));
    }

    [Fact]
    public void Publish_ToSome_IsSentAtOnceWithTheirNumber()
    {
        _stats.Join("c");
        _stats.Join("c");
        _stats.Join("c", SubscriptionMode.WebSocket);
        Publish("1");
        Assert.Equal(["""message {"channel":"c","count":2,"from":"me","item-id":"1","transport":"http-stream"}"""], _stats.Sink.Take());
    }

    [Fact]
    public void Publish_WithoutIdInBlocks_SaysTheBlocksOfAllReceivers()
    {
        using var stats = new StatsFixture(channels: new ChannelsOptions { MessageBlockSize = 2, UpdateOnFirstSubscription = false });
        stats.Join("c");
        stats.Join("c");
        stats.Pipeline.Publish([new Item { Channel = "c", HttpStream = new HttpStreamFormat { Content = new byte[5] } }]);
        Assert.Equal("""message {"blocks":6,"channel":"c","count":2,"from":"me","transport":"http-stream"}""", stats.Sink.Take()[^1]);
    }

    [Fact]
    public void Publish_ToNobody_IsNotSent()
    {
        Publish("1");
        Assert.Empty(_stats.Sink.Take());
    }

    [Fact]
    public void Report_OfARoute_HasWhatPassedAndThenZerosOnce()
    {
        _stats.Sink.Kinds.RemoveWhere(kind => kind != StatsKind.Report);
        Assert.Empty(_stats.Pass(10));
        var connection = Begin("r");
        connection.Route.Add(TrafficCount.ClientContentBytesSent, 5);
        connection.Route.Add(TrafficCount.Sent, 2);
        _stats.Connections.End(connection);
        var report = Assert.Single(_stats.Pass(10));
        Assert.Equal(
            [
                "client-content-bytes-received:0", "client-content-bytes-sent:5", "client-header-bytes-received:0", "client-header-bytes-sent:0",
                "client-messages-received:0", "client-messages-sent:0", "connections:1", "duration:10000", "from:me", "http-response-sent:0",
                "minutes:1", "received:0", "route:r", "sent:2", "server-content-bytes-received:0", "server-content-bytes-sent:0",
                "server-header-bytes-received:0", "server-header-bytes-sent:0", "server-messages-received:0", "server-messages-sent:0",
            ],
            report["report {".Length..^1].Replace("\"", "", StringComparison.Ordinal).Split(','));
        Assert.Contains("\"sent\":0", Assert.Single(_stats.Pass(10)), StringComparison.Ordinal);
        Assert.Empty(_stats.Pass(30));
    }

    [Fact]
    public void Report_OfItems_IsThatOfTheRoutesWithoutId()
    {
        _stats.Sink.Kinds.RemoveWhere(kind => kind != StatsKind.Report);
        Publish("1");
        Publish("2");
        var report = Assert.Single(_stats.Pass(10));
        Assert.Contains("\"received\":2", report, StringComparison.Ordinal);
        Assert.DoesNotContain("route", report, StringComparison.Ordinal);
        Assert.DoesNotContain("blocks", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_IntervalZero_IsNeverSent()
    {
        using var stats = new StatsFixture(new StatsOptions { ReportInterval = TimeSpan.Zero });
        stats.Connections.Begin(stats.Traffic.Of(null), isWebSocket: false, identity: null);
        Assert.DoesNotContain(stats.Pass(60), message => message.StartsWith("report", StringComparison.Ordinal));
    }

    [Fact]
    public void Bytes_AreCountedOnlyWhileReportsAreWanted()
    {
        Assert.True(_stats.Traffic.CountsBytes);
        _stats.Sink.Kinds.Remove(StatsKind.Report);
        _stats.Pass(0.1);
        Assert.False(_stats.Traffic.CountsBytes);
    }

    private LiveConnection Begin(string? route) => _stats.Connections.Begin(_stats.Traffic.Of(route), isWebSocket: false, identity: null);

    private void Publish(string id) =>
        _stats.Pipeline.Publish([new Item { Channel = "c", Id = id, HttpStream = new HttpStreamFormat { Content = "x"u8.ToArray() } }]);
}
