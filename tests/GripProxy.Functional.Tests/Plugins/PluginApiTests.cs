using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>Everything made by the admin API alone, in a proxy that runs (PLG-22, PLG-43), and what plugins ask of it (PLG-20).</summary>
public sealed class PluginApiTests : IAsyncLifetime
{
    private readonly HttpClient _api = new();
    private ProxyWithPlugins _world = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _world = await ProxyWithPlugins.StartAsync("export const processEvent = (event) => event");
        _api.BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_world.Proxy.Control.Port}/v1/"));
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ProxyWithPlugins.OperatorToken);
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task PLG22_TenantKeyAndPlugin_MadeByTheApi_ServeAtOnce()
    {
        await AskAsync("POST", "tenants", """{"name":"acme"}""");
        JsonNode key = await AskAsync("POST", "tenants/acme/keys", """{"kind":"ingest","name":"web"}""");
        await InstallAsync("acme", "export const processEvent = (event) => { event.properties.greeting = `hello ${event.distinct_id}`; return event }");

        JsonNode item = await HearAsync("acme.events.signup", "signup", (string)key["value"]!);

        Assert.Equal("hello anna", (string?)item["properties"]!["greeting"]);
        // And what is revoked opens nothing any more.
        await AskAsync("DELETE", $"tenants/acme/keys/{key["id"]}");
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("signup", (string)key["value"]!));
    }

    [Fact]
    public async Task PLG43_NewVersion_IsInForceWhenTheApiSaysReady()
    {
        const string Slow = """
            export const setupPlugin = () => new Promise((resolve) => setTimeout(resolve, 300))
            export const processEvent = (event) => { event.properties.version = 2; return event }
            """;
        string id = await InstallAsync("default", "export const processEvent = (event) => { event.properties.version = 1; return event }");
        Assert.Equal(1, (int?)(await HearAsync("events.first", "first", ProxyWithPlugins.Key))["properties"]!["version"]);

        await AskAsync("PATCH", $"tenants/default/plugins/{id}?wait=ready", $$"""{"package":"{{await UploadAsync("default", Slow)}}"}""");

        Assert.Equal(2, (int?)(await HearAsync("events.second", "second", ProxyWithPlugins.Key))["properties"]!["version"]);
    }

    [Fact]
    public async Task PLG20_PosthogApi_WithoutAHost_IsThisServersForTheTenant()
    {
        await AskAsync("POST", "tenants", """{"name":"other"}""");
        await InstallAsync("default", """
            export async function processEvent(event) {
              const mine = await posthog.api.get('/v1/tenants/default/plugins')
              const others = await posthog.api.get('/v1/tenants/other/plugins')
              event.properties.heard = [mine.status, (await mine.json()).items.map((one) => one.name), others.status, (await others.json()).code]
              return event
            }
            """);

        JsonNode item = await HearAsync("events.asked", "asked", ProxyWithPlugins.Key);

        Assert.Equal("""[200,["tested","made"],403,"not_covered"]""", item["properties"]!["heard"]!.ToJsonString());
    }

    [Fact]
    public async Task PLG13_Uninstall_WithPurge_DeletesWhatThePluginKept_AndWithoutItComesBack()
    {
        const string Source = """
            export async function processEvent(event, { storage, cache, metrics }) {
              event.properties.kept = [await storage.get('n', 0), await cache.get('n', 0)]
              await storage.set('n', 1); await cache.set('n', 1)
              return event
            }
            """;
        string[] kept = ["[0,0]", "[1,1]", "[0,0]"];
        for (int round = 0; round < kept.Length; round++)
        {
            await InstallAsync("default", Source);
            Assert.Equal(kept[round], (await HearAsync($"events.round{round}", $"round{round}", ProxyWithPlugins.Key))["properties"]!["kept"]!.ToJsonString());
            await AskAsync("DELETE", $"tenants/default/plugins/made{(round == 1 ? "?purge=now" : "")}");
        }
    }

    [Fact]
    public async Task PLG45_Cells_TellWhatTheirProcessesTake()
    {
        await HearAsync("events.first", "first", ProxyWithPlugins.Key);

        JsonNode cell = (await AskAsync("GET", "cells"))["items"]!.AsArray().Single()!;

        Assert.Equal(("default", "ready"), ((string?)cell["tenant"], (string?)cell["state"]));
        Assert.InRange((long)cell["resident_bytes"]!, 10_000_000, 1_000_000_000);
        Assert.InRange((double)cell["cpu_s"]!, 0.001, 600);
        Assert.InRange((int)cell["threads"]!, 1, 1000);
    }

    private async Task<string> InstallAsync(string tenant, string source)
    {
        JsonNode install = await AskAsync("POST", $"tenants/{tenant}/plugins?wait=ready", $$"""{"package":"{{await UploadAsync(tenant, source)}}","enabled":true}""");
        return install["id"]!.ToString();
    }

    private async Task<string> UploadAsync(string tenant, string source) =>
        (string)(await AskAsync("POST", $"tenants/{tenant}/packages", new JsonObject { ["name"] = "made", ["source"] = source }.ToJsonString()))["hash"]!;

    // What a client that waits on a channel gets of an event.
    private async Task<JsonNode> HearAsync(string channel, string name, string key)
    {
        _world.Origin.OnHold($"/{name}", "response", channel, "");
        await using RawHttp poll = await _world.Proxy.ConnectAsync();
        await poll.SendAsync(RawHttp.Get($"/{name}"));
        await _world.Proxy.SubscribedAsync(channel);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(name, key));
        return JsonNode.Parse((await poll.ReadResponseAsync()).Body)!;
    }

    private async Task<HttpStatusCode> SendAsync(string name, string key)
    {
        using HttpResponseMessage answer = await _world.Events.PostAsJsonAsync("/capture/", new { @event = name, distinct_id = "anna", properties = new { }, api_key = key });
        return answer.StatusCode;
    }

    private async Task<JsonNode> AskAsync(string method, string path, string? body = null)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _api.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }
}
