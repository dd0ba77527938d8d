using System.Text.RegularExpressions;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests;

/// <summary>The chat page of the demo in two browser windows.</summary>
public sealed class ChatPageTests(Chromium chromium, DemoProcess demo) : IClassFixture<Chromium>, IClassFixture<DemoProcess>
{
    private static readonly LocatorAssertionsToHaveCountOptions Patient = new() { Timeout = 20_000 };

    [Theory]
    [InlineData("longpoll")]
    [InlineData("sse")]
    [InlineData("websocket")]
    public async Task Message_TypedInOneWindow_AppearsInTheOther(string transport)
    {
        IPage first = await OpenAsync("Ann", transport);
        IPage second = await OpenAsync("Bob", transport);

        // Twice each way: a long-poll has to be asked again after each message.
        foreach (string round in new[] { "one", "two" })
        {
            await SayAsync(first, $"{transport} {round} from Ann");
            await SeesAsync(second, transport, $"{transport} {round} from Ann");
            await SayAsync(second, $"{transport} {round} from Bob");
            await SeesAsync(first, transport, $"{transport} {round} from Bob");
        }

        ILocator theirs = Messages(second, transport).Filter(new LocatorFilterOptions { HasTextRegex = new Regex($"{transport} (one|two) from ", RegexOptions.None, TimeSpan.FromSeconds(1)) });
        await Assertions.Expect(theirs).ToHaveCountAsync(4, Patient);
        await first.Context.CloseAsync();
        await second.Context.CloseAsync();
    }

    [Theory]
    [InlineData("sse", "longpoll")]
    [InlineData("websocket", "sse")]
    [InlineData("longpoll", "websocket")]
    public async Task Message_TypedInAWindowWithOneTransport_AppearsInOneWithAnother(string one, string other)
    {
        IPage first = await OpenAsync("Eve", one);
        IPage second = await OpenAsync("Paul", other);

        await SayAsync(first, $"{one}>{other}");
        await SeesAsync(second, other, $"{one}>{other}");
        await SayAsync(second, $"{other}>{one}");
        await SeesAsync(first, one, $"{other}>{one}");

        await first.Context.CloseAsync();
        await second.Context.CloseAsync();
    }

    [Fact]
    public async Task WebSocket_OfTheWindow_ShowsWhoIsThereAndTheTicker()
    {
        IPage page = await OpenAsync("Tick", "websocket");

        await Assertions.Expect(page.GetByTestId("state-websocket")).ToHaveAttributeAsync("data-state", "connected");
        await Assertions.Expect(page.GetByTestId("ticker")).ToContainTextAsync("tick ");
        await Assertions.Expect(page.GetByTestId("people")).ToContainTextAsync("Tick");

        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Message_SentOverTheWebSocket_IsNoRequestOfThePage()
    {
        IPage page = await OpenAsync("Sock", "websocket");
        await Assertions.Expect(page.GetByTestId("state-websocket")).ToHaveAttributeAsync("data-state", "connected");
        List<string> posts = [];
        page.Request += (_, request) =>
        {
            if (request.Method == "POST")
            {
                posts.Add(new Uri(request.Url).AbsolutePath);
            }
        };

        await SayAsync(page, "over the socket");
        await SeesAsync(page, "websocket", "over the socket");

        Assert.DoesNotContain("/chat/messages", posts);
        await Assertions.Expect(page.GetByTestId("latency-websocket")).ToContainTextAsync(" ms");
        await page.Context.CloseAsync();
    }

    private static ILocator Messages(IPage page, string transport) => page.GetByTestId($"messages-{transport}").GetByTestId("chat-message");

    private static async Task SayAsync(IPage page, string text)
    {
        await page.GetByTestId("message").FillAsync(text);
        await page.GetByTestId("send").ClickAsync();
    }

    private static Task SeesAsync(IPage page, string transport, string text) =>
        Assertions.Expect(Messages(page, transport).Filter(new LocatorFilterOptions { HasText = text }))
            .ToHaveCountAsync(1, Patient);

    private async Task<IPage> OpenAsync(string user, string transport)
    {
        IPage page = await chromium.OpenAsync(demo.Page);
        await page.GetByTestId("name").FillAsync(user);
        await page.GetByTestId($"transport-{transport}").CheckAsync(new LocatorCheckOptions { Force = true });
        // The other transports are off, so that what appears came by this one.
        foreach (string other in new[] { "longpoll", "sse", "websocket" }.Where(other => other != transport))
        {
            await Assertions.Expect(page.GetByTestId($"state-{other}")).ToHaveAttributeAsync("data-state", "off");
        }

        await Assertions.Expect(page.GetByTestId($"state-{transport}")).Not.ToHaveAttributeAsync("data-state", "off");
        return page;
    }
}
