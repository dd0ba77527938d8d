using System.Globalization;
using System.Text;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests.SockJs;

/// <summary><c>sockjs-client</c> in a browser, on a page of another site, with each transport that a browser of today has.</summary>
public sealed class BrowserTests(Chromium chromium, ProxyWithSockJs world) : IClassFixture<Chromium>, IClassFixture<ProxyWithSockJs>
{
    [Theory]
    [InlineData("websocket")]
    [InlineData("xhr-streaming")]
    [InlineData("eventsource")]
    [InlineData("xhr-polling")]
    [InlineData("iframe-eventsource")]
    [InlineData("iframe-xhr-polling")]
    [InlineData("jsonp-polling")]
    public async Task Messages_BothWaysAndPublished_Arrive(string transport)
    {
        string channel = $"sockjs-browser-{transport}";
        string page = $"/page-{transport}";
        world.Origin.On(page, context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            byte[] html = Encoding.UTF8.GetBytes(PageOf(transport, world.AddressOf("native", channel)));
            return context.Response.Body.WriteAsync(html).AsTask();
        });
        // The origin's own port is another site than the proxy's.
        IPage window = await chromium.OpenAsync($"http://{world.Origin.Address}{page}");
        await SeesAsync(window, $"open {transport}");
        await SeesAsync(window, "echo hello + é & 😀");
        await world.Proxy.SubscribedAsync(channel);

        foreach (int number in Enumerable.Range(1, 3))
        {
            await world.PublishAsync(channel, string.Create(CultureInfo.InvariantCulture, $"published {number} <é>"));
            await SeesAsync(window, string.Create(CultureInfo.InvariantCulture, $"published {number} <é>"));
        }

        await world.CloseAsync(channel, 4009, "done");
        await SeesAsync(window, "close 4009 done");
        await window.Context.CloseAsync();
    }

    private static Task SeesAsync(IPage page, string text) =>
        Assertions.Expect(page.Locator("li").Filter(new LocatorFilterOptions { HasText = text }))
            .ToHaveCountAsync(1, new LocatorAssertionsToHaveCountOptions { Timeout = 20_000 });

    private static string PageOf(string transport, string address) =>
        $$"""
        <!doctype html>
        <meta charset="utf-8">
        <title>SockJS</title>
        <ul></ul>
        <script src="/sockjs.js"></script>
        <script>
          const say = (text) => document.querySelector('ul').appendChild(document.createElement('li')).textContent = text;
          const socket = new SockJS('{{address}}', null, { transports: '{{transport}}', timeout: 20000 });
          socket.onopen = () => { say(`open ${socket.transport}`); socket.send('hello + é & 😀'); };
          socket.onmessage = ({ data }) => say(data);
          socket.onclose = ({ code, reason }) => say(`close ${code} ${reason}`);
        </script>
        """;
}
