using GripProxy.Channels;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Stats;

namespace GripProxy.Control.Tests.Stats;

/// <summary>STA-06.</summary>
public sealed class SubscriptionStatsTests : IDisposable
{
    private readonly StatsFixture _stats = new();

    // Each process has another moment at which all of a channel is sent again. Just after it there is none for most of a minute.
    public SubscriptionStatsTests()
    {
        var before = _stats.Join("c");
        _stats.Sink.Take();
        Assert.Contains(Enumerable.Range(0, 600), _ => _stats.Pass(0.1).Count > 0);
        _stats.Leave(before);
        _stats.Sink.Take();
    }

    public void Dispose() => _stats.Dispose();

    [Fact]
    public void Join_First_IsSentAtOnce()
    {
        _stats.Join("c");
        Assert.Equal(["""sub {"channel":"c","from":"me","mode":"stream","subscribers":1,"ttl":60}"""], _stats.Sink.Take());
    }

    [Fact]
    public void Join_Further_IsSentWithinASecondAndOnceForAll()
    {
        _stats.Join("c");
        _stats.Pass(1);
        _stats.Join("c");
        _stats.Join("c");
        Assert.Empty(_stats.Sink.Take());
        Assert.Equal(["""sub {"channel":"c","from":"me","mode":"stream","subscribers":3,"ttl":60}"""], _stats.Pass(1));
    }

    [Fact]
    public void JoinAndLeave_WithinASecond_AreNotSentWhereTheCountIsTheSame()
    {
        _stats.Join("c");
        _stats.Pass(1);
        _stats.Leave(_stats.Join("c"));
        Assert.Empty(_stats.Pass(1));
    }

    [Fact]
    public void Leave_LastOfAStream_IsSentAtOnce()
    {
        var subscription = _stats.Join("c");
        _stats.Sink.Take();
        _stats.Leave(subscription);
        Assert.Equal(["""sub {"channel":"c","from":"me","mode":"stream","unavailable":true}"""], _stats.Sink.Take());
        Assert.Empty(_stats.Pass(60));
    }

    [Fact]
    public void Leave_AllAfterACountWasSent_NothingIsSentOfTheChannelAfterItsEnd()
    {
        var subscriptions = new[] { _stats.Join("c"), _stats.Join("c"), _stats.Join("c") };
        _stats.Pass(1);
        foreach (var subscription in subscriptions)
            _stats.Leave(subscription);
        Assert.Equal(["""sub {"channel":"c","from":"me","mode":"stream","unavailable":true}"""], _stats.Sink.Take());
        Assert.Empty(_stats.Pass(60));
    }

    [Fact]
    public void Leave_LastOfALongPoll_IsSentAfterTheLinger()
    {
        var subscription = _stats.Join("c", SubscriptionMode.Response);
        _stats.Sink.Take();
        _stats.Leave(subscription);
        Assert.Empty(_stats.Pass(59.5));
        Assert.Equal(["""sub {"channel":"c","from":"me","mode":"response","unavailable":true}"""], _stats.Pass(2));
    }

    [Fact]
    public void Leave_WithoutLinger_IsSentAtOnce()
    {
        using var stats = new StatsFixture(channels: new ChannelsOptions { SubscriptionLinger = TimeSpan.Zero });
        stats.Pass(0.2);
        stats.Leave(stats.Join("c", SubscriptionMode.Response));
        Assert.EndsWith("\"unavailable\":true}", stats.Sink.Take()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Join_WhileTheChannelLingers_IsSentAtOnceAndCancelsTheEnd()
    {
        _stats.Leave(_stats.Join("c", SubscriptionMode.Response));
        _stats.Pass(30);
        _stats.Join("c", SubscriptionMode.Response);
        Assert.Equal(["""sub {"channel":"c","from":"me","mode":"response","subscribers":1,"ttl":60}"""], _stats.Sink.Take());
        Assert.DoesNotContain(_stats.Pass(120), message => message.Contains("unavailable", StringComparison.Ordinal));
    }

    [Fact]
    public void Refresh_ManyChannels_ComesEvenlyAndBeforeThreeQuartersOfTheTtl()
    {
        for (var i = 0; i < 1000; i++)
            _stats.Join($"c{i}");
        _stats.Sink.Take();
        var parts = Enumerable.Range(0, 9).Select(_ => _stats.Pass(5)).ToList();
        Assert.Equal(1000, parts.SelectMany(part => part).Distinct(StringComparer.Ordinal).Count());
        Assert.All(parts, part => Assert.InRange(part.Count, 50, 200));
    }

    [Fact]
    public void Listener_ThatComesLater_GetsWhatIsInUseWithinARound()
    {
        using var stats = new StatsFixture();
        stats.Sink.Kinds.Remove(StatsKind.Sub);
        stats.Join("before");
        Assert.Empty(stats.Pass(1));
        stats.Sink.Kinds.Add(StatsKind.Sub);
        Assert.Equal(["""sub {"channel":"before","from":"me","mode":"stream","subscribers":1,"ttl":60}"""], stats.Pass(44.9)); // A tick less than three quarters of its time to live.
    }

    [Fact]
    public void SIG01_SignalRClients_CountAsWebSockets()
    {
        _stats.Join("c", SubscriptionMode.SignalR);
        var place = _stats.Join("c", SubscriptionMode.WebSocket);
        Assert.Equal(["sub {\"channel\":\"c\",\"from\":\"me\",\"mode\":\"ws\",\"subscribers\":1,\"ttl\":60}"], _stats.Sink.Take());
        Assert.Equal(["sub {\"channel\":\"c\",\"from\":\"me\",\"mode\":\"ws\",\"subscribers\":2,\"ttl\":60}"], _stats.Pass(1));
        _stats.Leave(place);
        Assert.Equal(["sub {\"channel\":\"c\",\"from\":\"me\",\"mode\":\"ws\",\"subscribers\":1,\"ttl\":60}"], _stats.Pass(1));
    }

    [Fact]
    public void Channels_OfTwoKinds_AreToldApart()
    {
        _stats.Join("c");
        _stats.Join("c", SubscriptionMode.WebSocket);
        Assert.Equal(
            ["""sub {"channel":"c","from":"me","mode":"stream","subscribers":1,"ttl":60}""", """sub {"channel":"c","from":"me","mode":"ws","subscribers":1,"ttl":60}"""],
            _stats.Sink.Take());
    }
}
