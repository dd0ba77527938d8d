using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A proxy with a dashboard that asks for a token, and whose origin holds streams on the channel in the path: <c>/hold/NAME</c>.</summary>
public class ProxyWithDashboard : ProxyWithOrigin
{
    /// <summary>Opens everything.</summary>
    public const string Token = "operator-token-of-the-tests";

    /// <summary>Has a channel limit, so it does not open the dashboard.</summary>
    public const string LimitedToken = "limited-token-of-the-tests";

    private readonly int _port = FreePorts.Take();

    /// <summary>Where the dashboard is.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/");

    /// <summary>For the control port.</summary>
    public static AuthenticationHeaderValue Credentials { get; } = new("Bearer", Token);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Proxy.AcceptsAsync(_port);
    }

    /// <summary>A stream that is held on a channel of that name; its head is read.</summary>
    public async Task<RawHttp> HoldAsync(string channel)
    {
        Origin.On($"/hold/{channel}", context =>
        {
            context.Response.Headers["Grip-Hold"] = "stream";
            context.Response.Headers["Grip-Channel"] = channel;
            return Task.CompletedTask;
        });
        int mark = Proxy.Output.Mark;
        RawHttp client = await Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get($"/hold/{channel}"));
        await client.ReadHeadAsync();
        await Proxy.SubscribedAsync(channel, mark: mark);
        return client;
    }

    /// <summary>Publishes to streams.</summary>
    public async Task PublishAsync(string channel, string content, string? id = null)
    {
        string item = ControlClient.OneItem(channel, "http-stream", new Dictionary<string, object?>(StringComparer.Ordinal) { ["content"] = content }, id);
        using HttpResponseMessage answer = await Proxy.Control.PostAsync(item, Credentials);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Signs in on a new window and opens a page.</summary>
    public async Task<IPage> OpenAsync(Chromium chromium, string path)
    {
        IPage page = await chromium.OpenAsync($"{Address}#/{path}");
        await page.GetByLabel("Token").FillAsync(Token);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".link")).ToHaveTextAsync("live", new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });
        return page;
    }

    /// <summary>Writes pictures of a page to the output of the tests: light, dark, and on a phone.</summary>
    public static async Task PictureAsync(IPage page, [CallerMemberName] string name = "")
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "screenshots");
        await TakeAsync(1280, 900, ColorScheme.Light, "light");
        await TakeAsync(1280, 900, ColorScheme.Dark, "dark");
        await TakeAsync(390, 844, ColorScheme.Light, "phone");

        async Task TakeAsync(int width, int height, ColorScheme colors, string kind)
        {
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = colors });
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{kind}.png"), FullPage = true });
        }
    }

    protected override void Configure(ProxySetup setup) => setup
        .Set("dashboard", "listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}"))
        .Set("bearer:operator", "token", Token)
        .Set("bearer:limited", "token", LimitedToken)
        .Set("bearer:limited", "channels", "only-*")
        .Set("control", "trace_items", "1000")
        .Set("cluster", "node", "here");
}
