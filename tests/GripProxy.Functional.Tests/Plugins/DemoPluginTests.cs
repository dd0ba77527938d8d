using GripProxy.Functional.Tests.Fixture;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>The event button of the demo page, in a browser.</summary>
public sealed class DemoPluginTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly LocatorAssertionsToContainTextOptions s_patience = new() { Timeout = 30_000 };

    [Fact]
    public async Task PLG60_EventButton_ShowsWhatThePluginMadeOfTheEvent()
    {
        string path = $"{Path.GetDirectoryName(ProxyWithPlugins.Deno)}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        DemoProcess demo = new() { Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = path } };
        await demo.InitializeAsync();
        try
        {
            IPage page = await chromium.OpenAsync(demo.Page);
            await page.GetByTestId("name").FillAsync("Ann");
            await page.GetByTestId("event").ClickAsync();

            await Assertions.Expect(page.GetByTestId("greetings")).ToContainTextAsync("Hello, Ann!", s_patience);
            await page.Context.CloseAsync();
        }
        finally
        {
            await demo.DisposeAsync();
        }
    }

    [Fact]
    public async Task PLG40_EventButton_WithoutARuntime_SaysHowToInstallOne()
    {
        DemoProcess demo = new();
        await demo.InitializeAsync();
        try
        {
            IPage page = await chromium.OpenAsync(demo.Page);
            await page.GetByTestId("event").ClickAsync();

            await Assertions.Expect(page.GetByTestId("greetings")).ToContainTextAsync("npm ci --ignore-scripts --prefix", s_patience);
            await page.Context.CloseAsync();
        }
        finally
        {
            await demo.DisposeAsync();
        }
    }
}
