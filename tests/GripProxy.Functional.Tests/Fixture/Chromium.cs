using Microsoft.Playwright;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>Debian's Chromium, headless, shared by the tests of a class. Each window has its own cookies and cache.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    private IPlaywright _playwright = null!; // by InitializeAsync
    private IBrowser _browser = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Headless = true,
            // As in a container: root has no sandbox, there is no graphics card, and nothing is asked for from outside.
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--disable-dev-shm-usage",
            ],
        });
    }

    /// <summary>A new window on an address.</summary>
    public async Task<IPage> OpenAsync(string address)
    {
        IBrowserContext context = await _browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        await page.GotoAsync(address, new PageGotoOptions { WaitUntil = WaitUntilState.DOMContentLoaded });
        return page;
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
