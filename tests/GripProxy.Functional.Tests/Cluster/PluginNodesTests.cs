using System.Net;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>Three proxies whose plugins are the same (plugins.md §12).</summary>
public sealed class PluginNodesTests : IAsyncLifetime
{
    private const string Marks = """
        export function installPlugin() { console.log('installed once') }
        export function processEvent(event) {
          event.properties = { n: event.properties?.n, mark: 'passed' }
          return event
        }
        """;

    private RedisServer _redis = null!; // These two by InitializeAsync.
    private PluginNodes _world = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartDurableAsync();
        try
        {
            _world = await PluginNodes.StartAsync(_redis.Address, Marks, enabled: false);
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
    public async Task PLG31_PLG37_Toggle_OnOneNode_IsInForceOnAllWhenItIsAnswered()
    {
        JsonNode on = await _world.AdminAsync(1, HttpMethod.Post, "plugins/tested/enable?wait=ready");
        Assert.Equal("a enabled, b enabled, c enabled", NodesOf(on));
        Assert.All(on["nodes"]!.AsArray(), node => Assert.Equal((long?)on["nodes"]![0]!["rev"], (long?)node!["rev"]));
        Assert.Equal("passed passed passed", await MarksAsync("on"));

        JsonNode off = await _world.AdminAsync(2, HttpMethod.Post, "plugins/tested/disable?wait=ready");
        Assert.Equal("a disabled, b disabled, c disabled", NodesOf(off));
        Assert.Equal("- - -", await MarksAsync("off"));
    }

    [Fact]
    public async Task PLG32_OneTimeStep_IsDoneByOneNodeOfAll()
    {
        JsonNode on = await _world.AdminAsync(2, HttpMethod.Post, "plugins/tested/enable?wait=ready");

        Assert.Equal("a enabled, b enabled, c enabled", NodesOf(on));
        Assert.Equal(1, _world.CountLines("[default/tested] installed once"));
    }

    [Fact]
    public async Task PLG31_Redis_Away_LetsPluginsRunOnAndRefusesToggles_UntilItIsBack()
    {
        await _world.AdminAsync(0, HttpMethod.Post, "plugins/tested/enable?wait=ready");
        await _redis.KillAsync();

        (HttpStatusCode refused, JsonNode? said) = await _world.AskAsync(1, HttpMethod.Post, "plugins/tested/disable");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused);
        Assert.Equal("unavailable", (string?)said!["code"]);
        JsonNode still = await _world.AdminAsync(1, HttpMethod.Get, "plugins/tested");
        Assert.Equal(("enabled", true), ((string?)still["state"], (bool?)still["enabled"]));

        await _redis.StartAgainAsync();
        await UntilTakenAsync(1, "plugins/tested/disable");
        JsonNode off = await PluginNodes.UntilAsync(
            () => _world.AdminAsync(2, HttpMethod.Get, "plugins/tested"), plugin => NodesOf(plugin) == "a disabled, b disabled, c disabled");
        Assert.False((bool)off["enabled"]!);
    }

    [Fact]
    public async Task PLG43_NewVersion_TakesThePlaceOfTheOldOneOnAllNodes_WhileEventsGoOn()
    {
        await _world.AdminAsync(0, HttpMethod.Post, "plugins/tested/enable?wait=ready");
        string good = await UploadAsync(1, "second", """
            export const setupPlugin = () => new Promise((resolve) => setTimeout(resolve, 300))
            export const processEvent = (event) => { event.properties = { n: event.properties?.n, mark: 'second' }; return event }
            """);
        string bad = await UploadAsync(2, "broken", """
            export const setupPlugin = () => { throw new Error('does not come up') }
            export const processEvent = (event) => { event.properties = { n: event.properties?.n, mark: 'broken' }; return event }
            """);
        _world.Hold("events.seen");
        await using RawHttp client = await _world.HoldAsync(0, "events.seen");
        using CancellationTokenSource enough = new();
        Task<Dictionary<int, List<string>>> sending = SendAsync(client, enough.Token);

        JsonNode changed = await _world.AdminAsync(1, HttpMethod.Patch, "plugins/tested?wait=ready", $$"""{"package":"{{good}}"}""");
        Assert.Equal("a enabled, b enabled, c enabled", NodesOf(changed));
        Assert.Equal("second second second", await MarksAsync("changed"));

        // One that does not come up stays out, on every node.
        JsonNode failed = await _world.AdminAsync(2, HttpMethod.Patch, "plugins/tested?wait=ready", $$"""{"package":"{{bad}}"}""");
        Assert.Equal("a failed_update, b failed_update, c failed_update", NodesOf(failed));
        Assert.Equal("second second second", await MarksAsync("kept"));
        await enough.CancelAsync();

        // Each event passed one version, and none was lost.
        Dictionary<int, List<string>> marks = await sending;
        Assert.All(marks.Values, came => Assert.Single(came));
        Assert.Equal(["passed", "second"], marks.Values.Select(came => came[0]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task PLG45_Nodes_TellWhatTheyAreAndWhosePluginsRunThere()
    {
        await _world.AdminAsync(0, HttpMethod.Post, "plugins/tested/enable?wait=ready");

        JsonNode nodes = await PluginNodes.UntilAsync(
            () => _world.Nodes[2].Control.GetAsync("/v1/nodes"),
            list => list["items"]!.AsArray() is { Count: 3 } items && items.All(node => node!["tenants"]!.AsArray().Count == 1));

        Assert.All(nodes["items"]!.AsArray(), node => Assert.Equal("""["default"]""", node!["tenants"]!.ToJsonString()));
        Assert.All(nodes["items"]!.AsArray(), node => Assert.Equal("""["proxy","events","worker"]""", node!["roles"]!.ToJsonString()));
    }

    [Fact]
    public async Task PLG45_Node_ThatIsGone_IsNotWaitedFor()
    {
        _world.Nodes[2].Kill();

        JsonNode on = await _world.AdminAsync(0, HttpMethod.Post, "plugins/tested/enable?wait=ready");

        Assert.Equal("a enabled, b enabled", NodesOf(on));
    }

    private static string NodesOf(JsonNode plugin) =>
        string.Join(", ", plugin["nodes"]!.AsArray().Select(node => $"{node!["node"]} {node["state"]}").Order(StringComparer.Ordinal));

    // What became of an event that each node took, as a client of the first node sees it.
    private async Task<string> MarksAsync(string name)
    {
        List<string> marks = [];
        for (int node = 0; node < _world.Nodes.Count; node++)
        {
            _world.Hold($"events.{name}{node}");
            await using RawHttp client = await _world.HoldAsync(0, $"events.{name}{node}");
            await _world.SendAsync(node, $"{name}{node}");
            JsonNode item = JsonNode.Parse(await client.ReadChunkAsync())!;
            marks.Add((string?)item["properties"]?["mark"] ?? "-");
        }

        return string.Join(' ', marks);
    }

    // Numbered events, ten to each node in turn, until it is enough; what marks each had when it came.
    private async Task<Dictionary<int, List<string>>> SendAsync(RawHttp client, CancellationToken enough)
    {
        Dictionary<int, List<string>> marks = [];
        for (int batch = 0; !enough.IsCancellationRequested; batch++)
        {
            Assert.True(await _world.TrySendAsync(batch % _world.Nodes.Count, "seen", Enumerable.Range(batch * 10, 10)));
            while (marks.Count < (batch + 1) * 10)
            {
                foreach (string line in (await client.ReadChunkAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    JsonNode properties = JsonNode.Parse(line)!["properties"]!;
                    int n = (int)properties["n"]!;
                    marks.TryAdd(n, []);
                    marks[n].Add((string?)properties["mark"] ?? "-");
                }
            }
        }

        return marks;
    }

    private async Task<string> UploadAsync(int node, string name, string source) =>
        (string)(await _world.AdminAsync(node, HttpMethod.Post, "packages", new JsonObject { ["name"] = name, ["source"] = source }.ToJsonString()))["hash"]!;

    // A node notices after a moment that Redis is there again.
    private async Task UntilTakenAsync(int node, string path) => await PluginNodes.UntilAsync(
        async () => new JsonObject { ["status"] = (int)(await _world.AskAsync(node, HttpMethod.Post, path)).Status }, said => (int?)said["status"] == 200);
}
