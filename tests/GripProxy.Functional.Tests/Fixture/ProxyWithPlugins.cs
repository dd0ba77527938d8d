using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A proxy with plugins, written by a test into its own folder, and one origin. Owned by the test.</summary>
public sealed class ProxyWithPlugins : IAsyncDisposable
{
    /// <summary>Lets events of the tenant <c>default</c> in.</summary>
    public const string Key = "phc_functional_tests";

    /// <summary>Manages the plugins.</summary>
    public const string OperatorToken = "gpo_operator_of_the_functional_tests";

    private readonly HttpClient _http;
    private readonly string _plugins;

    private readonly ProxySetup _setup;

    private ProxyWithPlugins(FakeOrigin origin, GripProxyProcess proxy, ProxySetup setup, int eventsPort, string plugins)
    {
        Origin = origin;
        Proxy = proxy;
        _setup = setup;
        _plugins = plugins;
        _http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{eventsPort}")) };
    }

    /// <summary>Deno, as `npm ci` put it into the source tree.</summary>
    public static string Deno { get; } =
        Directory.GetDirectories(Path.Combine(BuiltProgram.RepositoryRoot, "src", "GripProxy.Plugins", "runtime", "node_modules", "@deno"))
            .Select(folder => Path.Combine(folder, "deno")).First(File.Exists);

    public FakeOrigin Origin { get; }

    public GripProxyProcess Proxy { get; private set; }

    /// <summary>The file that says what runs.</summary>
    public string SetUpFile => Path.Combine(_plugins, "plugins.json");

    /// <summary>Where events come in.</summary>
    public HttpClient Events => _http;

    /// <summary>Starts a proxy with one plugin of one file in the tenant <c>default</c>.</summary>
    /// <param name="source">Its source.</param>
    /// <param name="routes">Routes of the tenant as JSON, or null for the default one.</param>
    /// <param name="config">Its configuration as JSON.</param>
    /// <param name="condition">Which requests of clients go to the origin.</param>
    /// <param name="target">What the route says of its target, behind a comma.</param>
    /// <param name="more">What else is configured.</param>
    public static async Task<ProxyWithPlugins> StartAsync(
        string source, string? routes = null, string config = "{}", string condition = "*", string target = "", Func<ProxySetup, ProxySetup>? more = null)
    {
        string plugins = Directory.CreateTempSubdirectory("gripproxy-plugins-").FullName;
        Directory.CreateDirectory(Path.Combine(plugins, "plugin"));
        await File.WriteAllTextAsync(Path.Combine(plugins, "plugin", "index.ts"), source);
        await File.WriteAllTextAsync(Path.Combine(plugins, "plugin", "plugin.json"), """{"name":"tested","version":"1.0.0","config":[{"key":"word","default":"hello"},{"key":"password","secret":true}]}""");
        await File.WriteAllTextAsync(
            Path.Combine(plugins, "plugins.json"),
            $$"""
            {"tenants":[{"name":"default","keys":[{"kind":"ingest","value":"{{Key}}"}],{{(routes is null ? "" : $"\"routes\":{routes},")}}
              "plugins":[{"path":"plugin","enabled":true,"config":{{config}}}]}]}
            """);
        FakeOrigin origin = await FakeOrigin.StartAsync();
        int port = FreePorts.Take();
        ProxySetup setup = new ProxySetup().Route($"{condition} {origin.Address}{target}")
            .Set("plugins", "enabled", "true")
            .Set("plugins", "data", Path.Combine(plugins, "data"))
            .Set("plugins", "runtime_path", Deno)
            .Set("plugins", "admin_token", OperatorToken)
            .Set("plugins", "config_file", Path.Combine(plugins, "plugins.json"))
            .Set("events", "listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));
        setup = more?.Invoke(setup) ?? setup;
        return new ProxyWithPlugins(origin, await StartProxyAsync(setup, port), setup, port, plugins);
    }

    /// <summary>Stops the proxy and starts another one with the same data.</summary>
    public async Task RestartAsync()
    {
        Assert.Equal(0, await Proxy.StopAsync());
        await Proxy.DisposeAsync();
        Proxy = await StartProxyAsync(_setup, Events.BaseAddress!.Port);
    }

    /// <summary>The proxy is killed; another one starts with the same data.</summary>
    public async Task KillAndStartAsync()
    {
        Proxy.Kill();
        await Proxy.DisposeAsync();
        Proxy = await StartProxyAsync(_setup, Events.BaseAddress!.Port);
    }

    /// <summary>Sends events; the answer must be 200.</summary>
    public async Task SendAsync(params string[] events)
    {
        using StringContent body = new($$"""{"api_key":"{{Key}}","batch":[{{string.Join(',', events)}}]}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _http.PostAsync("/batch/", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        JsonNode? said = await answer.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Equal("""{"status":1}""", said!.ToJsonString());
    }

    /// <summary>Asks the plugins' admin API about the tenant <c>default</c>; the answer must be one of success.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Below the tenant.</param>
    /// <param name="body">JSON, or null for none.</param>
    public async Task<JsonNode?> AdminAsync(HttpMethod method, string path, string? body = null)
    {
        using StringContent? content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Proxy.Control.SendAsync(method, $"/v1/tenants/default/{path}", content, new AuthenticationHeaderValue("Bearer", OperatorToken));
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Proxy.DisposeAsync();
        await Origin.DisposeAsync();
        Directory.Delete(_plugins, recursive: true);
    }

    // The ports open one after the other.
    private static async Task<GripProxyProcess> StartProxyAsync(ProxySetup setup, int eventsPort)
    {
        GripProxyProcess proxy = await GripProxyProcess.StartAsync(setup);
        try
        {
            await proxy.AcceptsAsync(eventsPort);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }
}
