using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>A Pushpin file that sets message_rate and message_hwm is obeyed (PUB-32).</summary>
public sealed class PacingTests(PacedProxy world) : IClassFixture<PacedProxy>
{
    [Fact]
    public async Task ThirtyMessagesAtTenASecond_TakeThreeSecondsAndKeepTheirOrder()
    {
        await using RawHttp client = await HoldAsync("even");
        long start = TimeProvider.System.GetTimestamp();

        for (int number = 1; number <= 30; number++)
        {
            await world.Proxy.Control.PublishStreamAsync("even", $"{number}\n");
        }

        string received = await client.ReadStreamAsync("\n30\n");
        Assert.Equal("open\n" + string.Concat(Enumerable.Range(1, 30).Select(number => $"{number}\n")), received);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 2.8, 20);
    }

    [Fact]
    public async Task MoreThanTheHighWaterMark_IsDroppedWithAWarningThatNamesTheRoute()
    {
        await using RawHttp client = await HoldAsync("flood");

        await Task.WhenAll(Enumerable.Range(1, 60).Select(number => world.Proxy.Control.PublishStreamAsync("flood", $"{number}\n")));

        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("exceeded publish hwm (40) for route paced, dropping message", StringComparison.Ordinal));
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("publish channel=flood receivers=0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MoreThanTheHighWaterMark_IsToldByTheReceipt()
    {
        await using RawHttp client = await HoldAsync("told");

        JsonNode[] receipts = await world.Proxy.Control.PublishWithReceiptsAsync([.. Enumerable.Range(1, 60).Select(number =>
            new JsonObject { ["channel"] = "told", ["http-stream"] = new JsonObject { ["content"] = $"{number}\n" } })]);

        // What waits for its turn counts as queued.
        Assert.Equal("""{"rate-hwm":1}""", receipts[^1]["dropped"]!.ToJsonString());
        Assert.Equal((1, 1), (receipts[0]["queued"]!.GetValue<int>(), receipts[^1]["matched"]!.GetValue<int>()));
    }

    private async Task<RawHttp> HoldAsync(string channel)
    {
        world.Origin.OnHold($"/{channel}", "stream", channel, "open\n");
        RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get($"/{channel}"));
        await client.ReadHeadAsync();
        await world.Proxy.SubscribedAsync(channel);
        return client;
    }
}
