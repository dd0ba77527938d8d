using System.Globalization;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests.Dashboard;

/// <summary>The page of plugins, on a dashboard without keys: it opens by the plugins' own token, and what is done there happens.</summary>
public sealed class PluginPagesTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Source =
        """
        export function processEvent(event, { config }) {
          console.log('saw ' + event.event + ' with ' + config.word)
          return event
        }
        export function composeWebhook(event, { config }) {
          if (event.event === 'bad' && config.word !== 'mended')
            throw new Error('this one cannot be done')
          return null
        }
        """;

    [Fact]
    public async Task Plugins_OnThePage_AreSwitchedConfiguredReadAndReplayed()
    {
        int port = FreePorts.Take();
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Source, more: setup => setup.Set("dashboard", "listen", address));
        await world.Proxy.AcceptsAsync(port);
        IPage page = await chromium.OpenAsync($"http://{address}/#/plugins");

        await SignInAsync(page);
        ILocator plugin = page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Plugins", Exact = true }).Locator("tbody tr");
        // It starts with the first event.
        await Assertions.Expect(plugin.Locator(".state")).ToHaveTextAsync("starting");

        await Button(page, "Logs of tested").ClickAsync();
        await Assertions.Expect(page.GetByText("Following.")).ToBeVisibleAsync();
        await world.SendAsync("""{"event":"bad","distinct_id":"someone"}""");
        await Assertions.Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("saw bad with hello");
        await ReplayAsync(page, world);
        await Assertions.Expect(plugin.Locator(".state")).ToHaveTextAsync("enabled", new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });

        await Button(page, "Disable tested").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("tested is disabled.");
        Assert.False((bool?)(await world.AdminAsync(HttpMethod.Get, "plugins"))!["items"]![0]!["enabled"]);
        await Button(page, "Enable tested").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("tested is enabled.");
        await page.Context.CloseAsync();
    }

    private static async Task SignInAsync(IPage page)
    {
        await page.GetByLabel("Plugin token").FillAsync("wrong");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".error")).ToBeVisibleAsync();
        await page.GetByLabel("Plugin token").FillAsync(ProxyWithPlugins.OperatorToken);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>The dead letter stays dead until the plugin is mended; a change on top of somebody else's is refused and said.</summary>
    private static async Task ReplayAsync(IPage page, ProxyWithPlugins world)
    {
        ILocator letters = page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Dead letters" });
        await page.ReloadAsync();
        await Assertions.Expect(letters.Locator("tbody tr")).ToContainTextAsync("this one cannot be done", new LocatorAssertionsToContainTextOptions { Timeout = 20_000 });
        await ProxyWithDashboard.PictureAsync(page);

        await Button(page, "Configure tested").ClickAsync();
        ILocator text = page.GetByLabel("JSON; a secret that stays as it is shown is kept");
        string id = (await world.AdminAsync(HttpMethod.Get, "plugins"))!["items"]![0]!["id"]!.ToString();
        await world.AdminAsync(HttpMethod.Patch, $"plugins/{id}", """{"order":7}""");
        await text.FillAsync("""{"word":"mended"}""");
        await Button(page, "Save").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("read it again");

        await Button(page, "Configure tested").ClickAsync();
        // At once: the form from before is gone.
        await text.FillAsync("""{"word":"mended"}""");
        await Button(page, "Save").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("was saved.");

        await letters.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Replay" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Nothing died.")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 20_000 });
        Assert.Empty((await world.AdminAsync(HttpMethod.Get, "dlq"))!["items"]!.AsArray());
    }

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });
}
