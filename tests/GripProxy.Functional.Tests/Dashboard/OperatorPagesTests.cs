using System.Text.RegularExpressions;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests.Dashboard;

/// <summary>Pages on which an operator looks for clients and acts on them.</summary>
public sealed partial class OperatorPagesTests(Chromium chromium, ProxyWithDashboard world) : IClassFixture<Chromium>, IClassFixture<ProxyWithDashboard>
{
    [Fact]
    public async Task Connections_AfterAClickOnClose_LoseTheClient()
    {
        await using RawHttp client = await world.HoldAsync("kicked");
        IPage page = await world.OpenAsync(chromium, "connections?channel=kicked");
        ILocator row = page.Locator("tbody tr", new PageLocatorOptions { HasText = "kicked" });
        await Assertions.Expect(row).ToHaveCountAsync(1);
        // Nothing short is broken in the middle: the row is as high as its one line of a button.
        LocatorBoundingBoxResult? button = await row.GetByRole(AriaRole.Button).BoundingBoxAsync();
        Assert.InRange((await row.BoundingBoxAsync())!.Height, button!.Height, button.Height * 1.5);
        Assert.InRange(button.Height, 20, 45);
        await ProxyWithDashboard.PictureAsync(page);

        await row.GetByRole(AriaRole.Button).FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("was closed.");
        await Assertions.Expect(page.GetByText("No such connection is held.")).ToBeVisibleAsync();
        await client.ReadThroughAsync("0\r\n\r\n");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Channels_WithAPrefix_LeadToTheirConnections()
    {
        await using RawHttp first = await world.HoldAsync("listed-1");
        await using RawHttp second = await world.HoldAsync("listed-2");
        IPage page = await world.OpenAsync(chromium, "channels");
        await page.GetByLabel("Begins with").FillAsync("listed-");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await ProxyWithDashboard.PictureAsync(page);

        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "listed-2" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Connections" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("tbody tr")).ToContainTextAsync("listed-2");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Trace_WhileFollowed_ShowsEachStepAndOneMessageAsAWhole()
    {
        await using RawHttp client = await world.HoldAsync("traced");
        IPage page = await world.OpenAsync(chromium, "trace");
        await page.GetByLabel("Channel").FillAsync("traced");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByText("Following.")).ToBeVisibleAsync();

        await world.PublishAsync("traced", "followed", "message-1");

        ILocator steps = page.GetByRole(AriaRole.Log);
        await Assertions.Expect(steps).ToContainTextAsync("written");
        await steps.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "message-1" }).First.ClickAsync();
        ILocator message = page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "One message" });
        await Assertions.Expect(message).ToContainTextAsync("received");
        await Assertions.Expect(message).ToContainTextAsync("written");
        await ProxyWithDashboard.PictureAsync(page);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Events_WhileFollowed_TellOfANewClient()
    {
        IPage page = await world.OpenAsync(chromium, "events");
        await Assertions.Expect(page.GetByText("Following.")).ToBeVisibleAsync();

        await using RawHttp client = await world.HoldAsync("told");

        await Assertions.Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("channel=told");
        await ProxyWithDashboard.PictureAsync(page);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Stop" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Stopped.")).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Routes_WithAnOriginThatFails_SayWhichAndHowOften()
    {
        world.Origin.On("/fails", context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        IPage page = await world.OpenAsync(chromium, "routes");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.GetAsync("/fails");

        ILocator row = page.Locator("tbody tr", new PageLocatorOptions { HasText = world.Origin.Address });
        await Assertions.Expect(row.Locator(".state")).ToHaveTextAsync(Failing(), new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });
        await ProxyWithDashboard.PictureAsync(page);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Configuration_OnThePage_HidesSecretsAndIsReadAgain()
    {
        IPage page = await world.OpenAsync(chromium, "configuration");
        ILocator section = page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "bearer:operator", Exact = true });
        await Assertions.Expect(section.Locator("tbody tr")).ToContainTextAsync("hidden");
        Assert.DoesNotContain(ProxyWithDashboard.Token, await page.ContentAsync(), StringComparison.Ordinal);
        await ProxyWithDashboard.PictureAsync(page);

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Reload" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Read again; nothing has changed.");
        await page.Context.CloseAsync();
    }

    [GeneratedRegex("^down$|^failing$", RegexOptions.None, 1000)]
    private static partial Regex Failing();
}
