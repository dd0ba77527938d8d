using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>Proxies that share one Redis and so their plugins; only the first has a set-up file. Owned by the test.</summary>
public sealed class PluginNodes : IAsyncDisposable
{
    /// <summary>Lets events of the tenant <c>default</c> in.</summary>
    public const string Key = "phc_functional_tests";

    /// <summary>Manages the plugins.</summary>
    public const string OperatorToken = "gpo_operator_of_the_functional_tests";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-nodes-");
    private readonly List<GripProxyProcess> _nodes = [];
    private readonly List<HttpClient> _events = [];
    private readonly FakeOrigin _origin;
    private readonly string _redis;
    private readonly bool _call;

    private PluginNodes(FakeOrigin origin, string redis, bool call)
    {
        _origin = origin;
        _redis = redis;
        _call = call;
    }

    /// <summary>The nodes, in the order in which they started.</summary>
    public IReadOnlyList<GripProxyProcess> Nodes => _nodes;

    /// <summary>Starts them, each when the one before it is up.</summary>
    /// <param name="redis">Address of their Redis.</param>
    /// <param name="source">Source of the one plugin, which is called <c>tested</c>.</param>
    /// <param name="enabled">Whether it is to run from the beginning.</param>
    /// <param name="call">Whether they call each other's plugins.</param>
    /// <param name="names">Their names, a letter each.</param>
    public static async Task<PluginNodes> StartAsync(string redis, string source, bool enabled = true, bool call = false, string names = "abc")
    {
        PluginNodes nodes = new(await FakeOrigin.StartAsync(), redis, call);
        string plugin = nodes._folder.CreateSubdirectory("plugin").FullName;
        await File.WriteAllTextAsync(Path.Combine(plugin, "index.ts"), source);
        await File.WriteAllTextAsync(Path.Combine(plugin, "plugin.json"), """{"name":"tested","version":"1.0.0"}""");
        await File.WriteAllTextAsync(
            Path.Combine(nodes._folder.FullName, "plugins.json"),
            $$"""{"tenants":[{"name":"default","keys":[{"kind":"ingest","value":"{{Key}}"}],"plugins":[{"path":"plugin","enabled":{{(enabled ? "true" : "false")}}}]}]}""");
        try
        {
            foreach (char name in names)
            {
                await nodes.StartNodeAsync(name.ToString());
            }

            return nodes;
        }
        catch
        {
            // Nobody gets them who could end them.
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>The listener of a node for events, functions and endpoints.</summary>
    public HttpClient EventsOf(int node) => _events[node];

    /// <summary>What the paths of the origin hold: <c>/CHANNEL</c> streams that channel.</summary>
    public void Hold(string channel) => _origin.OnHold($"/{channel}", "stream", channel, "");

    /// <summary>A client of a node that holds a stream of a channel.</summary>
    public async Task<RawHttp> HoldAsync(int node, string channel)
    {
        int mark = _nodes[node].Output.Mark;
        RawHttp client = await _nodes[node].ConnectAsync();
        await client.SendAsync(RawHttp.Get("/" + channel));
        await client.ReadHeadAsync();
        await _nodes[node].SubscribedAsync(channel, mark: mark);
        return client;
    }

    /// <summary>Sends an event to a node; the answer must be 200.</summary>
    public async Task SendAsync(int node, string name)
    {
        using StringContent body = new($$"""{"api_key":"{{Key}}","event":"{{name}}","distinct_id":"u"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _events[node].PostAsync("/capture/", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Sends numbered events, of ten people in turn, to a node; false: it has not answered that it has them.</summary>
    public async Task<bool> TrySendAsync(int node, string name, IEnumerable<int> numbers)
    {
        IEnumerable<string> events = numbers.Select(n => $$"""{"event":"{{name}}","distinct_id":"u{{n % 10}}","properties":{"n":{{n}} } }""");
        using StringContent body = new($$"""{"api_key":"{{Key}}","batch":[{{string.Join(',', events)}}]}""", Encoding.UTF8, "application/json");
        try
        {
            using HttpResponseMessage answer = await _events[node].PostAsync("/batch/", body);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Asks a node's admin API about the tenant <c>default</c>.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> AskAsync(int node, HttpMethod method, string path, string? body = null)
    {
        using StringContent? content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _nodes[node].Control.SendAsync(
            method, $"/v1/tenants/default/{path}", content, new AuthenticationHeaderValue("Bearer", OperatorToken));
        string text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>The same; the answer must be one of success.</summary>
    public async Task<JsonNode> AdminAsync(int node, HttpMethod method, string path, string? body = null)
    {
        (HttpStatusCode status, JsonNode? said) = await AskAsync(node, method, path, body);
        Assert.True((int)status is >= 200 and < 300, $"{path}: {(int)status} {said?.ToJsonString()}");
        return said!; // Each of the endpoints that tests ask has a body.
    }

    /// <summary>Asks again until the answer is as it should become; there is no event to wait for.</summary>
    public static async Task<JsonNode> UntilAsync(Func<Task<JsonNode>> ask, Func<JsonNode, bool> condition)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            JsonNode said = await ask();
            if (condition(said))
            {
                return said;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(since) < s_patience, $"it never became so: {said.ToJsonString()}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>How often a line that ends so is in the logs of all nodes.</summary>
    public int CountLines(string end) => _nodes.Sum(node => node.Output.Text.Split('\n').Count(line => line.EndsWith(end, StringComparison.Ordinal)));

    public async ValueTask DisposeAsync()
    {
        _events.ForEach(client => client.Dispose());
        try
        {
            // All of them, though one has ended by itself.
            await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
        }
        finally
        {
            await _origin.DisposeAsync();
            _folder.Delete(recursive: true);
        }
    }

    /// <summary>Starts a node, also again with the data folder of one that has ended.</summary>
    public async Task StartNodeAsync(string name)
    {
        int port = FreePorts.Take();
        int control = FreePorts.Take();
        ProxySetup setup = new ProxySetup().Route($"* {_origin.Address}")
            .Set("cluster", "redis", _redis)
            .Set("cluster", "node", name)
            .Set("plugins", "enabled", "true")
            .Set("plugins", "data", Path.Combine(_folder.FullName, $"data-{name}"))
            .Set("plugins", "runtime_path", ProxyWithPlugins.Deno)
            .Set("plugins", "admin_token", OperatorToken)
            .Set("plugins", "secret_key", "the secret key of the functional tests")
            .Set("events", "listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));
        if (_call)
        {
            setup.Set("cluster", "address", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{control}")).Set("cluster", "key", "the key of the functional tests");
        }

        if (_nodes.Count == 0)
        {
            setup.Set("plugins", "config_file", Path.Combine(_folder.FullName, "plugins.json"));
        }

        GripProxyProcess node = await GripProxyProcess.StartAsync(setup, FreePorts.Take(), control);
        _nodes.Add(node);
        await node.AcceptsAsync(port);
        _events.Add(new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) });
    }
}
