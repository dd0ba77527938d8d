using System.Globalization;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>Endpoints of plugins that do not run are not there (PLG-34; plugins.md 7.8): nobody sees why.</summary>
public sealed class HiddenEndpointTests : IAsyncLifetime
{
    private ProxyWithPlugins _world = null!; // by InitializeAsync

    public async Task InitializeAsync() => _world = await ProxyWithPlugins.StartAsync("export const onRequest = () => 'plain'");

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task PLG34_DisabledAndUnknownPlugins_AnswerAlike()
    {
        await InstallAsync("other", "export const processEvent = (event) => event");
        string before = await AnswerAsync("/p/default/tested/text");

        await _world.AdminAsync(HttpMethod.Post, "plugins/1/disable?wait=ready");

        string disabled = await AnswerAsync("/p/default/tested/text");
        Assert.Equal("200 plain", before);
        Assert.StartsWith("404 {", disabled, StringComparison.Ordinal);
        foreach (string path in (string[])["/p/default/2/text", "/p/default/nobody/text", "/p/nobody/tested/text", "/p/default", "/p/", "/other"])
        {
            Assert.Equal(disabled, await AnswerAsync(path));
        }

        string tooLong = new('x', (1024 * 1024) + 1);
        Assert.Equal(disabled, await AnswerAsync("/p/default/tested/text", tooLong));
        Assert.Equal(disabled, await AnswerAsync("/p/default/nobody/text", tooLong));

        await _world.AdminAsync(HttpMethod.Post, "plugins/1/enable?wait=ready");
        Assert.Equal("200 plain", await AnswerAsync("/p/default/tested/text"));
    }

    [Fact]
    public async Task PLG34_FailedAndTrippedPlugins_AnswerAsIfTheyWereNotThere()
    {
        string unknown = await AnswerAsync("/p/default/nobody/text");

        await InstallAsync("failing", "export function setupPlugin() { throw new Error('no licence') }\nexport const onRequest = () => 'plain'");
        await _world.Proxy.Output.WaitForAsync(line => line.EndsWith("plugin failing of default does not run: no licence", StringComparison.Ordinal));
        await InstallAsync("tripping", """
            export const onRequest = async ({ path }) => path === '/leave' ? (await Function("return import('node:process')")()).exit(1) : 'plain'
            """);
        await _world.Proxy.Output.WaitForAsync(line => line.Contains("plugin tripping ", StringComparison.Ordinal) && line.EndsWith(" of default runs", StringComparison.Ordinal));
        Assert.Equal("200 plain", await AnswerAsync("/p/default/tripping/text"));
        for (int i = 0; i < 3; i++)
            Assert.StartsWith("503 ", await AnswerAsync("/p/default/tripping/leave"), StringComparison.Ordinal);
        await _world.Proxy.Output.WaitForAsync(line => line.Contains("plugin tripping of default is switched off after several faults", StringComparison.Ordinal));

        foreach (string name in (string[])["failing", "tripping"])
        {
            Assert.Equal(unknown, await AnswerAsync($"/p/default/{name}/text"));
        }

        Assert.Equal("200 plain", await AnswerAsync("/p/default/tested/text"));
    }

    private async Task<string> AnswerAsync(string path, string? sent = null)
    {
        using HttpRequestMessage request = new(sent is null ? HttpMethod.Get : HttpMethod.Post, path) { Content = sent is null ? null : new StringContent(sent) };
        using HttpResponseMessage answer = await _world.Events.SendAsync(request);
        string body = await answer.Content.ReadAsStringAsync();
        return string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} {body}");
    }

    private async Task InstallAsync(string name, string source)
    {
        JsonNode? package = await _world.AdminAsync(HttpMethod.Post, "packages", new JsonObject { ["name"] = name, ["source"] = source }.ToJsonString());
        await _world.AdminAsync(HttpMethod.Post, "plugins", new JsonObject { ["package"] = (string?)package!["hash"], ["name"] = name, ["enabled"] = true }.ToJsonString());
    }
}
