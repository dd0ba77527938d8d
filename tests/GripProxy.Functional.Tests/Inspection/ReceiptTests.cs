using System.Net.Sockets;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Inspection;

/// <summary>One test per outcome that a receipt can tell (CTL-07).</summary>
public sealed class ReceiptTests(WatchedProxy world) : IClassFixture<WatchedProxy>
{
    [Fact]
    public async Task FormatWithATypingError_IsNamedByTheReceiptAndWarnedOfOnce()
    {
        await using RawHttp client = await world.HoldAsync("typing");
        for (int i = 0; i < 2; i++)
        {
            JsonNode receipt = (await world.Proxy.Control.PublishWithReceiptsAsync(
                new JsonObject { ["channel"] = "typing", ["formats"] = new JsonObject { ["http-streem"] = new JsonObject { ["content"] = "x" } } })).Single();

            Assert.Equal(("delivered", 1, 1), ((string?)receipt["outcome"], (int)receipt["matched"]!, (int)receipt["no_format"]!));
            Assert.Equal("http-streem", (string?)receipt["unknown_formats"]!.AsArray().Single());
        }

        Assert.Single(
            world.Proxy.Output.Text.Split('\n'),
            line => line.Contains("has a format 'http-streem', which nobody gets: expected http-response, http-stream or ws-message", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delivered_ToTwoStreams_IsQueuedTwice()
    {
        await using RawHttp one = await world.HoldAsync("two");
        await using RawHttp two = await world.HoldAsync("two");

        JsonNode receipt = await PublishAsync(Stream("two", "x", id: "1"));

        Assert.Equal(
            """{"channel":"two","id":"1","outcome":"delivered","matched":2,"queued":2,"no_format":0,"filtered":{},"dropped":{},"nodes":{"here":2}}""",
            receipt.ToJsonString());
    }

    [Fact]
    public async Task Delivered_ToNobody_MatchesNone() => await ExpectAsync(Stream("nobody", "x"), "delivered");

    [Fact]
    public async Task NoFormat_ForALongPollAmongStreams()
    {
        await using RawHttp stream = await world.HoldAsync("mixed");
        await using RawHttp poll = await world.HoldAsync("mixed", mode: "response");
        await ExpectAsync(Stream("mixed", "x"), "delivered", queued: 1, noFormat: 1);
    }

    [Fact]
    public async Task Filtered_NamesTheFilter()
    {
        await using RawHttp own = await world.HoldAsync("filtered; filter=skip-self", headers: "Grip-Set-Meta: user=al");
        JsonNode item = Stream("filtered", "x");
        item["meta"] = new JsonObject { ["sender"] = "al" };
        await ExpectAsync(item, "delivered", filtered: """{"skip-self":1}""");
    }

    [Fact]
    public async Task Dropped_QueueFull_ForAClientThatDoesNotRead()
    {
        using Socket slow = await world.HoldSlowAsync("small-full");
        await world.FillAsync("small-full");
        await ExpectAsync(Stream("small-full", new string('x', 900)), "delivered", dropped: """{"queue-full":1}""");
    }

    [Fact]
    public async Task Dropped_ContentFilters_WhereTheItemIsMadeForOthers()
    {
        await using RawHttp client = await world.HoldAsync("plain");
        JsonNode item = Stream("plain", "x");
        item["http-stream"]!["content-filters"] = new JsonArray("var-subst");
        await ExpectAsync(item, "delivered", dropped: """{"content-filters":1}""");
    }

    [Fact]
    public async Task Dropped_ConnectionClosed_ForALongPollThatHasItsAnswer()
    {
        await using RawHttp poll = await world.HoldAsync("answered", mode: "response");
        JsonNode[] receipts = await PublishAllAsync(Response("answered"), Response("answered"));
        Assert.Equal("""{"connection-closed":1}""", receipts[1]["dropped"]!.ToJsonString());
        Assert.Equal((1, 1, 0), (Number(receipts[0], "queued"), Number(receipts[1], "matched"), Number(receipts[1], "queued")));
    }

    [Fact]
    public async Task Dropped_NotJoined_WhileTheOriginIsAsked()
    {
        TaskCompletionSource answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Origin.On("/next", _ => answer.Task);
        await using RawHttp client = await world.HoldAsync("small-next", headers: "Grip-Link: </next>; rel=next");
        await PublishAsync(new JsonObject { ["channel"] = "small-next", ["http-stream"] = new JsonObject { ["action"] = "hint" } });
        await ExpectAsync(Stream("small-next", new string('x', 900)), "delivered", queued: 1);
        await ExpectAsync(Stream("small-next", new string('x', 900)), "delivered", dropped: """{"not-joined":1}""");
        answer.SetResult();
    }

    [Fact]
    public async Task Duplicate_IsTold()
    {
        await PublishAsync(Stream("twice", "x", id: "1"));
        await ExpectAsync(Stream("twice", "x", id: "1"), "duplicate");
    }

    [Fact]
    public async Task Waiting_SaysForWhat_AndASecondOneFindsThePlaceTaken()
    {
        await using RawHttp client = await world.HoldAsync("gap");
        await PublishAsync(Stream("gap", "1", id: "1"));
        JsonNode receipt = await PublishAsync(Stream("gap", "3", id: "3", prevId: "2"));
        Assert.Equal(("waiting", "2", 0), (receipt["outcome"]!.ToString(), receipt["waits_for"]!.ToString(), Number(receipt, "matched")));
        receipt = await PublishAsync(Stream("gap", "4", id: "4", prevId: "2"));
        Assert.Equal(("place-taken", "2"), (receipt["outcome"]!.ToString(), receipt["waits_for"]!.ToString()));
    }

    private static JsonObject Stream(string channel, string content, string? id = null, string? prevId = null)
    {
        JsonObject item = new() { ["channel"] = channel, ["http-stream"] = new JsonObject { ["content"] = content } };
        if (id is not null)
        {
            item["id"] = id;
        }

        if (prevId is not null)
        {
            item["prev-id"] = prevId;
        }

        return item;
    }

    private static JsonObject Response(string channel) => new() { ["channel"] = channel, ["http-response"] = new JsonObject { ["body"] = "x" } };

    private static int Number(JsonNode receipt, string name) => receipt[name]!.GetValue<int>();

    private async Task ExpectAsync(
        JsonNode item, string outcome, int queued = 0, int noFormat = 0, string filtered = "{}", string dropped = "{}")
    {
        JsonNode receipt = await PublishAsync(item);
        Assert.Equal(
            (outcome, queued, noFormat, filtered, dropped),
            (receipt["outcome"]!.ToString(), Number(receipt, "queued"), Number(receipt, "no_format"), receipt["filtered"]!.ToJsonString(), receipt["dropped"]!.ToJsonString()));
        int lost = receipt["filtered"]!.AsObject().Concat(receipt["dropped"]!.AsObject()).Sum(pair => pair.Value!.GetValue<int>());
        Assert.Equal(Number(receipt, "matched"), queued + noFormat + lost);
    }

    private async Task<JsonNode> PublishAsync(JsonNode item) => Assert.Single(await PublishAllAsync(item));

    private Task<JsonNode[]> PublishAllAsync(params JsonNode[] items) => world.Proxy.Control.PublishWithReceiptsAsync(items);
}
