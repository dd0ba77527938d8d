using System.Globalization;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests.Dashboard;

/// <summary>A page that stays open while its proxy ends and another one comes in its place.</summary>
public sealed class RestartedProxyPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Page_OfAProxyThatIsStartedAnew_IsLiveAgainAndNamesTheNewOne()
    {
        (int client, int control, int dashboard) = (FreePorts.Take(), FreePorts.Take(), FreePorts.Take());
        GripProxyProcess old = await StartAsync("old");
        IPage page = await chromium.OpenAsync(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{dashboard}/"));
        await IsAsync("live");
        await Assertions.Expect(page.Locator("header .node")).ToContainTextAsync("old");

        await old.StopAsync();
        await old.DisposeAsync();
        await IsAsync("disconnected");
        await using GripProxyProcess next = await StartAsync("next");

        await IsAsync("live");
        await Assertions.Expect(page.Locator("header .node")).ToContainTextAsync("next");
        await page.Context.CloseAsync();

        Task IsAsync(string state) =>
            Assertions.Expect(page.Locator(".link")).ToHaveTextAsync(state, new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });

        async Task<GripProxyProcess> StartAsync(string node)
        {
            ProxySetup setup = new ProxySetup()
                .Set("dashboard", "listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{dashboard}"))
                .Set("cluster", "node", node)
                .Route("* 127.0.0.1:1");
            GripProxyProcess proxy = await GripProxyProcess.StartAsync(setup, client, control);
            await proxy.AcceptsAsync(dashboard);
            return proxy;
        }
    }
}
