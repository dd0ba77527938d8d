using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>Long runs of several nodes: seen and ended from any, and gone on with when their node dies (PLG-42, plugins.md §9.4).</summary>
public sealed class PluginRunsTests : IAsyncLifetime
{
    private const string Source = """
        export const runs = {
          copy: async (payload, meta, run) => {
            if (run.last) return { from: run.last.done, payload }
            await run.checkpoint({ done: 100 })
            await run.progress(0.25, '100 of 400')
            await new Promise((resolve) => run.signal.addEventListener('abort', resolve))
          },
        }
        """;

    private RedisServer _redis = null!; // These two by InitializeAsync.
    private PluginNodes _world = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartDurableAsync();
        try
        {
            _world = await PluginNodes.StartAsync(_redis.Address, Source);
        }
        catch
        {
            // After a start that failed xunit does not dispose.
            await _redis.DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task PLG42_Run_IsSeenAndCancelledFromAnyNode_AndGoesOnElsewhereWhenItsNodeDies()
    {
        JsonNode first = await _world.AdminAsync(0, HttpMethod.Post, "plugins/tested/runs/copy", """{"payload":{"who":"anna"}}""");
        JsonNode second = await _world.AdminAsync(1, HttpMethod.Post, "plugins/tested/runs/copy");
        JsonNode[] running = [await UnderWayAsync(0, first), await UnderWayAsync(1, first), await UnderWayAsync(2, second)];
        Assert.All(running, static run => Assert.Equal("100 of 400", (string?)run["text"]));
        Assert.Equal("2,1", string.Join(',', (await _world.AdminAsync(2, HttpMethod.Get, "runs?state=running"))["items"]!.AsArray().Select(static run => (string?)run!["id"])));

        // Whoever does it hears of it.
        await _world.AdminAsync((NodeOf(running[2]) + 1) % 3, HttpMethod.Post, $"runs/{second["id"]}/cancel");
        await UntilAsync(NodeOf(running[2]), second, static run => (string?)run["state"] == "cancelled");

        int dead = NodeOf(running[0]);
        _world.Nodes[dead].Kill();
        JsonNode done = await UntilAsync((dead + 1) % 3, first, static run => (string?)run["state"] == "done");
        Assert.Equal("""{"from":100,"payload":{"who":"anna"}}""", done["result"]!.ToJsonString());
        Assert.Equal(2, (int?)done["begun"]);
        Assert.NotEqual(dead, NodeOf(done));
    }

    private static int NodeOf(JsonNode run) => ((string)run["node"]!)[0] - 'a';

    private Task<JsonNode> UnderWayAsync(int node, JsonNode run) => UntilAsync(node, run, static run => (double?)run["progress"] == 0.25);

    private Task<JsonNode> UntilAsync(int node, JsonNode run, Func<JsonNode, bool> condition) =>
        PluginNodes.UntilAsync(() => _world.AdminAsync(node, HttpMethod.Get, $"runs/{run["id"]}"), condition);
}
