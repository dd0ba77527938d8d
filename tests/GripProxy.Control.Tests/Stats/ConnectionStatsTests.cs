using System.Net;
using GripProxy.Channels.Traffic;
using GripProxy.Control.Stats;

namespace GripProxy.Control.Tests.Stats;

/// <summary>STA-05.</summary>
public sealed class ConnectionStatsTests
{
    private static readonly ConnectionIdentity Somebody = new("7", IPAddress.Parse("203.0.113.9"), IsSecure: false);

    [Fact]
    public void Connection_FromBeginToEnd_IsNamedAndGone()
    {
        using var stats = new StatsFixture();
        var connection = stats.Connections.Begin(stats.Traffic.Of(null), isWebSocket: false, Somebody);
        stats.Connections.End(connection);
        Assert.Equal(
            [
                """conn {"from":"me","id":"7","peer-address":"203.0.113.9","ttl":120,"type":"http"}""",
                """conn {"from":"me","id":"7","unavailable":true}""",
            ],
            stats.Sink.Take());
    }

    [Fact]
    public void Connection_OfANamedRouteByTls_SaysSo()
    {
        using var stats = new StatsFixture();
        var connection = stats.Connections.Begin(stats.Traffic.Of("r"), isWebSocket: true, new ConnectionIdentity("8", null, IsSecure: true));
        stats.Connections.End(connection);
        Assert.Equal(
            [
                """conn {"from":"me","id":"8","route":"r","ssl":true,"ttl":120,"type":"ws"}""",
                """conn {"from":"me","id":"8","route":"r","unavailable":true}""",
            ],
            stats.Sink.Take());
    }

    [Fact]
    public void Connections_ThatLast_AreNamedAgainBeforeThreeQuartersOfTheTtl()
    {
        using var stats = new StatsFixture(new StatsOptions { Instance = "me", ConnectionTtl = 8 });
        for (var i = 0; i < 500; i++)
            stats.Connections.Begin(stats.Traffic.Of(null), isWebSocket: true, Somebody with { Id = $"{i}" });
        stats.Sink.Kinds.Remove(StatsKind.Activity);
        stats.Sink.Kinds.Remove(StatsKind.Counts);
        stats.Sink.Take();
        var parts = Enumerable.Range(0, 6).Select(_ => stats.Pass(1)).ToList();
        Assert.Equal(500, parts.SelectMany(part => part).Distinct(StringComparer.Ordinal).Count());
        Assert.All(parts, part => Assert.InRange(part.Count, 50, 120));
    }

    [Fact]
    public void Connections_NotWanted_AreNotNamed()
    {
        using var stats = new StatsFixture(new StatsOptions { SendsConnections = false });
        Assert.False(stats.Connections.WantsIdentity);
        stats.Connections.End(stats.Connections.Begin(stats.Traffic.Of(null), isWebSocket: false, Somebody));
        Assert.Empty(stats.Sink.Take());
    }
}
