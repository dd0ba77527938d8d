using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>What plugins put into web pages (PLG-36): a script that stays the same, and pages that follow what is switched, in a real browser.</summary>
public sealed class PluginSiteTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const string Part = """
        import { there } from './words'
        type Mode = 'on' | 'off'
        export default ({ config, enabled, onToggle }) => {
          const show = (on: boolean) => {
            const mode: Mode = on ? 'on' : 'off'
            document.getElementById('tested')!.textContent = `${config.word} ${there} ${mode} ${config.password}`
          }
          show(enabled())
          onToggle(show)
        }
        """;

    private const string Other = """
        document.getElementById('other').textContent = `${enabled() ? 'on' : 'off'}`
        for (let i = 0; i < 5000; i++) if (i === 4999) document.getElementById('other').textContent += ` ${i}`
        """;

    private ProxyWithPlugins _world = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _world = await ProxyWithPlugins.StartAsync("export const processEvent = (event) => event");
        string folder = Path.GetDirectoryName(_world.SetUpFile)!;
        await File.WriteAllTextAsync(Path.Combine(folder, "plugin", "site.ts"), Part);
        await File.WriteAllTextAsync(Path.Combine(folder, "plugin", "words.ts"), "export const there: string = 'there'");
        Directory.CreateDirectory(Path.Combine(folder, "other"));
        await File.WriteAllTextAsync(Path.Combine(folder, "other", "plugin.json"), """{"name":"other"}""");
        await File.WriteAllTextAsync(Path.Combine(folder, "other", "index.js"), "export const onEvent = () => {}");
        await File.WriteAllTextAsync(Path.Combine(folder, "other", "site.js"), Other);
        Directory.CreateDirectory(Path.Combine(folder, "plain"));
        await File.WriteAllTextAsync(Path.Combine(folder, "plain", "plugin.json"), """{"name":"plain","config":[{"key":"hidden"}]}""");
        await File.WriteAllTextAsync(Path.Combine(folder, "plain", "index.js"), "export const onEvent = () => {}");
        await File.WriteAllTextAsync(_world.SetUpFile, """
            {"tenants":[{"name":"default","plugins":[
              {"path":"plugin","enabled":true,"config":{"password":"hunter2","undeclared":"x"}},
              {"path":"other","enabled":true},
              {"path":"plain","enabled":true,"config":{"hidden":"y"}}]}]}
            """);
        using HttpResponseMessage applied = await _world.Proxy.Control.SendAsync(
            HttpMethod.Post, "/v1/config/apply", null, new AuthenticationHeaderValue("Bearer", ProxyWithPlugins.OperatorToken));
        Assert.True(applied.IsSuccessStatusCode, await applied.Content.ReadAsStringAsync());
        await UntilAsync(static state => state["plugins"]!.AsArray().Count == 2);
        string page = $"<!doctype html><p id=\"tested\">nothing</p><p id=\"other\">nothing</p><script src=\"{_world.Events.BaseAddress}p/default/site.js\"></script>";
        _world.Origin.On("/page", context =>
        {
            context.Response.ContentType = "text/html";
            return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, page);
        });
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task PLG36_OpenPage_FollowsTogglesLive_AndTheScriptStaysTheSame()
    {
        string script = await ScriptAsync();
        IPage page = await chromium.OpenAsync($"http://{_world.Proxy.Address}/page");
        await ShowsAsync(page, "tested", "hello there on undefined");
        await ShowsAsync(page, "other", "on 4999");

        await _world.AdminAsync(HttpMethod.Post, "plugins/tested/disable");
        await ShowsAsync(page, "tested", "hello there off undefined");
        await _world.AdminAsync(HttpMethod.Post, "plugins/tested/enable");
        await ShowsAsync(page, "tested", "hello there on undefined");

        Assert.Equal(script, await ScriptAsync());
    }

    [Fact]
    public async Task PLG36_PluginThatIsOff_StartsInAnOpenPageWhenItIsSwitchedOn()
    {
        string script = await ScriptAsync();
        string setUp = await File.ReadAllTextAsync(_world.SetUpFile);
        await File.WriteAllTextAsync(_world.SetUpFile, setUp.Replace("""{"path":"plugin","enabled":true""", """{"path":"plugin","enabled":false""", StringComparison.Ordinal));
        await _world.RestartAsync();
        IPage page = await chromium.OpenAsync($"http://{_world.Proxy.Address}/page");
        await ShowsAsync(page, "other", "on 4999");
        Assert.Equal("nothing", await page.Locator("#tested").TextContentAsync());

        await _world.AdminAsync(HttpMethod.Post, "plugins/tested/enable");

        await ShowsAsync(page, "tested", "hello there on undefined");
        Assert.Equal(script, await ScriptAsync());
    }

    [Fact]
    public async Task PLG36_Script_IsImmutable_AndTheStateTellsNothingSecret()
    {
        using HttpClient plain = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _world.Events.BaseAddress };
        using HttpResponseMessage way = await plain.GetAsync("/p/default/site.js");
        using HttpResponseMessage script = await plain.GetAsync(way.Headers.Location);
        using HttpResponseMessage old = await plain.GetAsync("/p/default/site/00000000000000000000000000000000.js");
        using HttpResponseMessage state = await plain.GetAsync("/p/default/state.json");
        JsonNode said = JsonNode.Parse(await state.Content.ReadAsStringAsync())!;

        Assert.Equal(HttpStatusCode.Found, way.StatusCode);
        Assert.Equal("no-cache", way.Headers.CacheControl!.ToString());
        Assert.Equal("public, max-age=31536000, immutable", script.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("text/javascript", script.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
        Assert.Equal(way.Headers.Location!.ToString(), (string?)said["script"]);
        Assert.Equal(
            """[{"id":1,"name":"tested","enabled":true,"config":{"word":"hello"}},{"id":2,"name":"other","enabled":true,"config":{}}]""",
            said["plugins"]!.ToJsonString());
    }

    [Fact]
    public async Task PLG36_AnotherPackage_IsAnotherScript_AndTheOldOneIsStillThere()
    {
        string before = await ScriptAsync();
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(_world.SetUpFile)!, "plugin", "words.ts"), "export const there: string = 'again'");
        using HttpResponseMessage applied = await _world.Proxy.Control.SendAsync(
            HttpMethod.Post, "/v1/config/apply", null, new AuthenticationHeaderValue("Bearer", ProxyWithPlugins.OperatorToken));

        string after = (string)(await UntilAsync(state => (string?)state["script"] != before))["script"]!;

        Assert.Contains("'again'", await _world.Events.GetStringAsync(after), StringComparison.Ordinal);
        Assert.Contains("'there'", await _world.Events.GetStringAsync(before), StringComparison.Ordinal);
    }

    private static Task ShowsAsync(IPage page, string id, string text) => page.Locator($"#{id}:text-is(\"{text}\")").WaitForAsync();

    private async Task<string> ScriptAsync() => (string)(await UntilAsync(static _ => true))["script"]!;

    private async Task<JsonNode> UntilAsync(Func<JsonNode, bool> holds)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (true)
        {
            JsonNode state = JsonNode.Parse(await _world.Events.GetStringAsync("/p/default/state.json"))!;
            if (holds(state))
            {
                return state;
            }

            Assert.False(patience.IsCancellationRequested, state.ToJsonString());
        }
    }
}
