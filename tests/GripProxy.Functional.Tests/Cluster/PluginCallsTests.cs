using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>What somebody waits for, on nodes that do not do it themselves (plugins.md §7.8, §7.10, §12.3; plugins-http.md §3.2).</summary>
public sealed class PluginCallsTests : IAsyncLifetime
{
    private const string Source = """
        export function processEvent(event) {
          if (event.event === 'dropped') return null
          console.log('did ' + event.properties.n)
          return event
        }
        export function onRequest(request) {
          console.log('asked for ' + request.path)
          return { headers: { 'Grip-Hold': 'stream', 'Grip-Channel': 'news' }, body: 'begin\n' }
        }
        export const functions = {
          greet: async (payload) => { console.log('called by ' + payload.name); return 'hello ' + payload.name },
          fail: async () => { throw new Error('not today') },
          tell: async (payload, { grip }) => { await grip.publish('news', payload.text); return 'told' },
        }
        """;

    private static readonly AuthenticationHeaderValue s_token = new("Bearer", PluginNodes.OperatorToken);

    private RedisServer _redis = null!; // These two by InitializeAsync.
    private PluginNodes _world = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartDurableAsync();
        try
        {
            _world = await PluginNodes.StartAsync(_redis.Address, Source, call: true);
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
    public async Task PLG41_PLG45_Calls_GoToTheNodeThatHasThePluginLoaded_AndAreMadeHereWhenItIsGone()
    {
        // Nobody has it: the first node loads it.
        Assert.Equal((HttpStatusCode.OK, "\"hello anna\""), await CallAsync(0, "greet", """{"name":"anna"}"""));
        await WarmAsync("a");

        // The others do not, as long as they reach that one.
        Assert.Equal((HttpStatusCode.OK, "\"hello bert\""), await CallAsync(1, "greet", """{"name":"bert"}"""));
        (HttpStatusCode failed, string error) = await CallAsync(2, "fail", "null");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, failed);
        Assert.Contains("Error: not today", error, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await CallAsync(2, "other", "null")).Status);
        Assert.Equal("anna bert", Names(0));

        // A client that an endpoint holds is held where it came in.
        using HttpResponseMessage held = await _world.EventsOf(1).GetAsync("/p/default/tested/stream", HttpCompletionOption.ResponseHeadersRead);
        using StreamReader lines = new(await held.Content.ReadAsStreamAsync());
        Assert.Equal("begin", await lines.ReadLineAsync());
        Assert.Equal((HttpStatusCode.OK, "\"told\""), await CallAsync(2, "tell", """{"text":"later\n"}"""));
        Assert.Equal("later", await lines.ReadLineAsync());
        Assert.Contains("asked for /stream", _world.Nodes[0].Output.Text, StringComparison.Ordinal);
        Assert.Equal("1 0 0", await CellsAsync());
        Assert.Equal(
            _world.Nodes.Select(node => $"127.0.0.1:{node.Control.Port}"),
            (await _world.Nodes[1].Control.GetAsync("/v1/nodes"))["items"]!.AsArray().Select(node => (string?)node!["address"]));

        Assert.DoesNotContain("[ERR]", _world.Nodes[0].Output.Text, StringComparison.Ordinal);

        // Without the key nothing is called.
        Assert.Equal("401 401 401", string.Join(' ', (int)await AskPeerAsync(null), (int)await AskPeerAsync("1.00"), (int)await AskPeerAsync(Now() + ".00")));
        Assert.Equal("anna bert", Names(0));

        _world.Nodes[0].Kill();
        Assert.Equal((HttpStatusCode.OK, "\"hello carl\""), await CallAsync(1, "greet", """{"name":"carl"}"""));
        Assert.Equal("carl", Names(1));
    }

    [Fact]
    public async Task PLG44_Sender_ThatWaits_IsToldByTheNodeThatDidItsEvent()
    {
        foreach (GripProxyProcess node in _world.Nodes)
        {
            await node.Output.WaitForAsync(static line => line.Contains("more partitions of events", StringComparison.Ordinal));
        }

        // As many people as there are partitions, so that each node does some of their events.
        IEnumerable<string> events = Enumerable.Range(0, 60).Select(static n => $$"""{"event":"{{(n % 20 == 19 ? "dropped" : "seen")}}","distinct_id":"u{{n}}","properties":{"n":{{n}} } }""");
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/events?wait=processed&timeout_ms=10000")
        {
            Content = new StringContent($"[{string.Join(',', events)}]", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", PluginNodes.Key);
        using HttpResponseMessage answer = await _world.EventsOf(0).SendAsync(request);

        JsonNode said = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("57 published, 3 dropped", string.Join(", ", said["events"]!.AsArray().GroupBy(result => (string?)result!["status"], StringComparer.Ordinal)
            .OrderByDescending(static group => group.Count()).Select(static group => $"{group.Count()} {group.Key}")));
        Assert.All(_world.Nodes, node => Assert.Contains("did ", node.Output.Text, StringComparison.Ordinal));
    }

    private static string Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private async Task<(HttpStatusCode Status, string Body)> CallAsync(int node, string function, string payload)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"/v1/functions/tested/{function}") { Content = new StringContent(payload, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = s_token;
        using HttpResponseMessage answer = await _world.EventsOf(node).SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<HttpStatusCode> AskPeerAsync(string? proof)
    {
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{_world.Nodes[0].Control.Port}") };
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/peers/call") { Content = new StringContent("{}") };
        if (proof is not null)
        {
            request.Headers.Add("GripProxy-Peer", proof);
        }

        using HttpResponseMessage answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    // Who called, as a node's plugin has written it.
    private string Names(int node) => string.Join(' ', _world.Nodes[node].Output.Text.Split('\n').Where(static line => line.Contains("called by ", StringComparison.Ordinal))
        .Select(static line => line[(line.LastIndexOf(' ') + 1)..].Trim()));

    private async Task<string> CellsAsync()
    {
        List<int> cells = [];
        foreach (GripProxyProcess node in _world.Nodes)
        {
            using HttpResponseMessage answer = await node.Control.SendAsync(HttpMethod.Get, "/v1/cells", null, s_token);
            cells.Add(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["items"]!.AsArray().Count(static cell => cell!["pid"] is not null));
        }

        return string.Join(' ', cells);
    }

    // Until a node has told the others that it has the plugin loaded.
    private Task<JsonNode> WarmAsync(string node) => PluginNodes.UntilAsync(
        async () => new JsonObject
        {
            ["reports"] = await _redis.AskAsync("EVAL", "local t={} for _,k in ipairs(redis.call('KEYS','gp:{state}:node:*')) do t[#t+1]=redis.call('GET',k) end return t", "0"),
        },
        said => ((string)said["reports"]!).Split('\n').Any(report => report.Contains($"\"{node}\"", StringComparison.Ordinal) && report.Contains("\"IsWarm\":true", StringComparison.OrdinalIgnoreCase)));
}
