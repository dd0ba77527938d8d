using System.Net.Sockets;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Inspection;

/// <summary>The way of one message (CTL-09, CTL-10).</summary>
public sealed class MessageTraceTests(WatchedProxy world) : IClassFixture<WatchedProxy>
{
    [Fact]
    public async Task OneFilteredOneQueuedOneTooSlow_TheTraceSaysExactlyThat()
    {
        using Socket slow = await world.HoldSlowAsync("small-three");
        await world.FillAsync("small-three");
        await using RawHttp own = await world.HoldAsync("small-three; filter=skip-self", headers: "Grip-Set-Meta: user=al");
        await using RawHttp other = await world.HoldAsync("small-three");
        using EventStreamReader live = await world.Proxy.Control.WatchAsync("/v1/trace?channel=small-t*");

        await PublishAsync("small-three", "news\n", id: "7", sender: "al");
        Assert.Equal("news\n", await other.ReadStreamAsync("news\n"));
        await live.UntilAsync("written", step => step["id"]!.ToString() == "7");

        JsonNode trace = await world.Proxy.Control.GetAsync("/v1/trace/small-three/7");
        string[] steps = [.. trace["steps"]!.AsArray().Select(step => Describe(step!))];
        Assert.Equal(["received http 5", "matched 3"], steps[..2]);
        Assert.Equal(["dropped queue-full", "filtered skip-self", "queued", "written"], steps[2..].Order(StringComparer.Ordinal));
        string?[] connections = [.. trace["steps"]!.AsArray().Select(step => (string?)step!["connection"])];
        Assert.Equal(3, connections.OfType<string>().Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(connections[Array.IndexOf(steps, "queued")], connections[^1]);
    }

    [Fact]
    public async Task LongPoll_IsWrittenWithItsAnswer()
    {
        await using RawHttp poll = await world.HoldAsync("poll", mode: "response");
        using EventStreamReader live = await world.Proxy.Control.WatchAsync("/v1/trace?channel=poll");

        await world.Proxy.Control.PublishResponseAsync("poll", "answer", id: "1");

        Assert.Equal("answer", (await poll.ReadResponseAsync()).Body);
        await live.UntilAsync("written", step => step["id"]!.ToString() == "1");
    }

    [Fact]
    public async Task OutOfOrder_SaysWhatItWaitedFor()
    {
        await using RawHttp client = await world.HoldAsync("order");
        await world.Proxy.Control.PublishStreamAsync("order", "1", id: "1");
        await world.Proxy.Control.PublishStreamAsync("order", "3", id: "3", prevId: "2");
        await world.Proxy.Control.PublishStreamAsync("order", "2", id: "2", prevId: "1");
        await client.ReadStreamAsync("123");

        JsonNode trace = await world.Proxy.Control.GetAsync("/v1/trace/order/3");

        Assert.Equal(
            ["received http 1", "waiting 2", "released chained", "matched 1", "queued"],
            trace["steps"]!.AsArray().Select(step => Describe(step!)).Take(5));
    }

    private static string Describe(JsonNode step) => string.Join(' ', step.AsObject()
        .Where(member => member.Key is not ("at" or "connection" or "after"))
        .Select(member => member.Value!.ToString()));

    private async Task PublishAsync(string channel, string content, string id, string sender)
    {
        JsonObject item = new()
        {
            ["channel"] = channel,
            ["id"] = id,
            ["meta"] = new JsonObject { ["sender"] = sender },
            ["http-stream"] = new JsonObject { ["content"] = content },
        };
        await world.Proxy.Control.PublishWithReceiptsAsync(item);
    }
}
