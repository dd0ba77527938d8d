using GripProxy.Channels.Traffic;
using GripProxy.Control.Stats;
using GripProxy.Control.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Control.Tests.Stats;

/// <summary>CTL-12.</summary>
public sealed class StatsEndpointTests
{
    [Fact]
    public async Task Get_Types_GivesOnlyTheseAsEvents()
    {
        await using var port = await StartAsync();
        await using var events = await port.WatchAsync("/v1/stats?types=conn,message");
        BeginAndEnd(port);
        Assert.Equal($$"""event: conn|data: {"from":"{{new StatsOptions().Instance}}","id":"7","route":"r","ttl":120,"type":"http"}""", await events.NextAsync());
        Assert.StartsWith("event: conn|data: {\"from\"", await events.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithoutTypes_GivesAll()
    {
        await using var port = await StartAsync();
        await using var events = await port.WatchAsync("/v1/stats");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // Signs of life are sent from the first tick of the timer on that finds somebody.
        while (!(seen.Contains("event: conn") && seen.Contains("event: activity") && seen.Contains("event: counts")))
        {
            BeginAndEnd(port);
            // As many as that makes at least: whoever falls behind is cut.
            for (var i = 0; i < 2; i++)
                seen.Add((await events.NextAsync())!.Split('|')[0]); // The stream goes on.
        }
    }

    [Fact]
    public async Task Get_UnknownType_IsRefusedWithThoseThereAre()
    {
        await using var port = await StartAsync();
        var answer = await port.RequestAsync("GET", "/v1/stats?types=sub,conn-max");
        Assert.Equal(400, answer.Status);
        Assert.Contains("types has 'conn-max', expected some of activity, message, conn, sub, counts, report", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithLimitedCredential_IsForbidden()
    {
        await using var port = await ControlPort.StartAsync("[bearer:x]\ntoken=secret\nchannels=a");
        var answer = await port.RequestAsync("GET", "/v1/stats", "Authorization: Bearer secret");
        Assert.Equal(403, answer.Status);
    }

    private static async Task<ControlPort> StartAsync()
    {
        var port = await ControlPort.StartAsync();
        port.Services.GetRequiredService<StatsStream>().Start();
        return port;
    }

    private static void BeginAndEnd(ControlPort port)
    {
        var connections = port.Services.GetRequiredService<LiveConnections>();
        var route = port.Services.GetRequiredService<TrafficBook>().Of("r");
        connections.End(connections.Begin(route, isWebSocket: false, new ConnectionIdentity("7", null, IsSecure: false)));
    }
}
