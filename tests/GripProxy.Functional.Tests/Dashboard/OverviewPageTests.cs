using System.Text.RegularExpressions;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests.Dashboard;

/// <summary>The first page in a browser: signing in, live numbers, nothing from elsewhere.</summary>
public sealed partial class OverviewPageTests(Chromium chromium, ProxyWithDashboard world) : IClassFixture<Chromium>, IClassFixture<ProxyWithDashboard>
{
    [Fact]
    public async Task Overview_OfARunningProxy_ShowsWhatHappensNow()
    {
        IPage page = await world.OpenAsync(chromium, "");
        List<string> complaints = [];
        page.Console += (_, message) => complaints.Add(message.Text);
        List<string> requests = [];
        page.Request += (_, request) => requests.Add(request.Url);
        await page.ReloadAsync();

        await using RawHttp client = await world.HoldAsync("overview");
        await world.PublishAsync("overview", "something");

        ILocator holds = page.Locator("figure", new PageLocatorOptions { HasText = "Held connections" });
        await SeesAsync(holds.Locator(".legend"), Stream());
        await SeesAsync(page.Locator("figure", new PageLocatorOptions { HasText = "Deliveries" }).Locator(".legend"), StreamLine());
        await Assertions.Expect(holds.Locator("canvas")).ToHaveCountAsync(1);
        await SeesAsync(page.Locator("table"), Here());
        await ProxyWithDashboard.PictureAsync(page);
        Assert.Empty(complaints);
        // An item a second would fill the log.
        Assert.DoesNotContain("publish channel=$dashboard", world.Proxy.Output.Text, StringComparison.Ordinal);
        Assert.All(requests, url => Assert.StartsWith(world.Address, url.Replace("ws://", "http://", StringComparison.Ordinal), StringComparison.Ordinal));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task SignIn_WithAWrongToken_SaysSoAndAsksAgain()
    {
        IPage page = await chromium.OpenAsync(world.Address);
        await page.GetByLabel("Token").FillAsync("wrong");
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("That was not accepted.");
        await ProxyWithDashboard.PictureAsync(page);
        await page.GetByLabel("Token").FillAsync(ProxyWithDashboard.Token);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Overview" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Token")).ToBeFocusedAsync();
        await page.Context.CloseAsync();
    }

    private static Task SeesAsync(ILocator place, Regex text) =>
        Assertions.Expect(place).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = 20_000 });

    [GeneratedRegex("stream 1", RegexOptions.None, 1000)]
    private static partial Regex Stream();

    [GeneratedRegex("stream [0-9]", RegexOptions.None, 1000)]
    private static partial Regex StreamLine();

    [GeneratedRegex("here.*ready", RegexOptions.None, 1000)]
    private static partial Regex Here();
}
