using GripProxy.Functional.Tests.Fixture;
using Microsoft.Playwright;

namespace GripProxy.Functional.Tests;

/// <summary>The chat page of the demo in two browser windows.</summary>
public sealed class ChatPageTests(Chromium chromium, DemoProcess demo) : IClassFixture<Chromium>, IClassFixture<DemoProcess>
{
    [Theory]
    [InlineData("longpoll")]
    [InlineData("sse")]
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

        Assert.Equal(4, await Messages(second, transport).Filter(new LocatorFilterOptions { HasText = $"{transport} " }).CountAsync());
        await first.Context.CloseAsync();
        await second.Context.CloseAsync();
    }

    [Fact]
    public async Task Message_TypedInAWindowWithEvents_AppearsInOneWithLongPoll()
    {
        IPage events = await OpenAsync("Eve", "sse");
        IPage polls = await OpenAsync("Paul", "longpoll");

        await SayAsync(events, "from events to polls");
        await SeesAsync(polls, "longpoll", "from events to polls");
        await SayAsync(polls, "from polls to events");
        await SeesAsync(events, "sse", "from polls to events");

        await events.Context.CloseAsync();
        await polls.Context.CloseAsync();
    }

    private static ILocator Messages(IPage page, string transport) => page.GetByTestId($"messages-{transport}").GetByTestId("chat-message");

    private static async Task SayAsync(IPage page, string text)
    {
        await page.GetByTestId("message").FillAsync(text);
        await page.GetByTestId("send").ClickAsync();
    }

    private static Task SeesAsync(IPage page, string transport, string text) =>
        Assertions.Expect(Messages(page, transport).Filter(new LocatorFilterOptions { HasText = text }))
            .ToHaveCountAsync(1, new LocatorAssertionsToHaveCountOptions { Timeout = 20_000 });

    private async Task<IPage> OpenAsync(string user, string transport)
    {
        IPage page = await chromium.OpenAsync(demo.Page);
        await page.GetByTestId("name").FillAsync(user);
        await page.GetByTestId($"transport-{transport}").CheckAsync(new LocatorCheckOptions { Force = true });
        // The other transport is off, so that what appears came by this one.
        string other = transport == "sse" ? "longpoll" : "sse";
        await Assertions.Expect(page.GetByTestId($"state-{other}")).ToHaveAttributeAsync("data-state", "off");
        await Assertions.Expect(page.GetByTestId($"state-{transport}")).Not.ToHaveAttributeAsync("data-state", "off");
        return page;
    }
}
