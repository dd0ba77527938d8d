using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>A node that starts before its Redis (plugins.md §12.1, LOG-11).</summary>
public sealed class LateRedisTests
{
    [Fact]
    public async Task PLG45_Node_ThatStartsWhileRedisIsAway_ServesWithoutPlugins_AndJoinsByItself()
    {
        await using RedisServer redis = await RedisServer.StartDurableAsync();
        await redis.KillAsync();
        await using PluginNodes world = await PluginNodes.StartAsync(
            redis.Address, "export const processEvent = (event) => { event.properties = { mark: 'passed' }; return event }", names: "a");
        GripProxyProcess node = world.Nodes[0];

        // Everything else goes on.
        world.Hold("news");
        await using RawHttp client = await world.HoldAsync(0, "news");
        await node.Control.PublishStreamAsync("news", "plain\n");
        Assert.Equal("plain\n", await client.ReadChunkAsync());

        // Who wants something of the plugins is told to come back.
        using StringContent body = new($$"""{"api_key":"{{PluginNodes.Key}}","event":"e","distinct_id":"u"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage refused = await world.EventsOf(0).PostAsync("/capture/", body);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "5"), (refused.StatusCode, refused.Headers.RetryAfter?.ToString()));
        (HttpStatusCode status, JsonNode? said) = await world.AskAsync(0, HttpMethod.Get, "plugins");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (status, (string?)said!["code"]));

        int mark = node.Output.Mark;
        await redis.StartAgainAsync();
        await node.Output.WaitForAsync(static line => line.Contains("plugins have joined the cluster", StringComparison.Ordinal), mark);
        world.Hold("events.e");
        await using RawHttp events = await world.HoldAsync(0, "events.e");
        await world.SendAsync(0, "e");
        Assert.Equal("passed", (string?)JsonNode.Parse(await events.ReadChunkAsync())!["properties"]!["mark"]);
        Assert.Equal(1, node.Output.Text.Split('\n').Count(static line => line.Contains("plugins wait for the cluster", StringComparison.Ordinal)));
    }
}
