using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests.SignalR;

/// <summary><c>@microsoft/signalr</c> on a page in a browser, with each transport and protocol (SIG-01).</summary>
public sealed class HubBrowserTests(Chromium chromium, ProxyWithHub world) : IClassFixture<Chromium>, IClassFixture<ProxyWithHub>
{
    private static readonly string s_modules = Path.Combine(BuiltProgram.RepositoryRoot, "tests", "GripProxy.Functional.Tests", "node", "node_modules", "@microsoft");

    [Theory]
    [InlineData("WebSockets", "Json")]
    [InlineData("ServerSentEvents", "Json")]
    [InlineData("LongPolling", "Json")]
    [InlineData("WebSockets", "MessagePack")]
    public async Task SIG01_PageOfTheApplication_GetsWhatIsPublished(string transport, string protocol)
    {
        string name = world.NewName();
        world.Origin.OnText("/signalr.js", await File.ReadAllTextAsync(Path.Combine(s_modules, "signalr", "dist", "browser", "signalr.min.js")));
        world.Origin.OnText("/pack.js", await File.ReadAllTextAsync(Path.Combine(s_modules, "signalr-protocol-msgpack", "dist", "browser", "signalr-protocol-msgpack.min.js")));
        world.Origin.On($"/page-{name}", context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(PageOf(name, transport, protocol))).AsTask();
        });
        IPage page = await chromium.OpenAsync($"http://{world.Proxy.Address}/page-{name}");
        await SeesAsync(page, "outcome null");
        await SeesAsync(page, "ready");

        await world.PublishAsync(name, new JsonObject { ["http-stream"] = new JsonObject { ["content"] = "published <é>" } }, "1");
        await SeesAsync(page, "item stream published <é>");
        await world.PublishAsync(name, new JsonObject { ["ws-message"] = new JsonObject { ["action"] = "close" } });
        await SeesAsync(page, "closed");
        await page.Context.CloseAsync();
    }

    private static Task SeesAsync(IPage page, string text) =>
        Assertions.Expect(page.Locator("li").Filter(new LocatorFilterOptions { HasText = text }))
            .ToHaveCountAsync(1, new LocatorAssertionsToHaveCountOptions { Timeout = 20_000 });

    private static string PageOf(string name, string transport, string protocol) =>
        $$"""
        <!doctype html>
        <meta charset="utf-8">
        <title>SignalR</title>
        <ul></ul>
        <script src="/signalr.js"></script>
        <script src="/pack.js"></script>
        <script>
          const say = (text) => document.querySelector('ul').appendChild(document.createElement('li')).textContent = text;
          const hub = new signalR.HubConnectionBuilder()
            .withUrl('/hub?name={{name}}', { transport: signalR.HttpTransportType.{{transport}} })
            .withHubProtocol('{{protocol}}' === 'Json' ? new signalR.JsonHubProtocol() : new signalR.protocols.msgpack.MessagePackHubProtocol())
            .build();
          hub.on('outcome', (channel, { resumed }) => say(`outcome ${resumed}`));
          hub.on('item', (channel, { type, content }) => say(`item ${type} ${content}`));
          hub.onclose(() => say('closed'));
          hub.start().then(() => hub.invoke('Subscribe', '{{name}}', {})).then(() => say('ready'), (error) => say(error.message));
        </script>
        """;
}
