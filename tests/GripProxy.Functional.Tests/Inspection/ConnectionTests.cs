using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Inspection;

/// <summary>What operators see of connections of every transport, and do to them (CTL-04, CTL-05).</summary>
public sealed class ConnectionTests(InspectedProxy world) : IClassFixture<InspectedProxy>
{
    [Fact]
    public async Task EachTransport_IsListedWithRouteAndChannels()
    {
        await using RawHttp stream = await HoldAsync("listed", "stream", "Grip-Set-Meta: user=al");
        await using RawHttp poll = await HoldAsync("listed", "response");
        await using Talk native = await world.OpenAsync(OriginKind.Native);
        await using Talk overHttp = await world.OpenAsync(OriginKind.OverHttp);
        await world.OpenSockJsAsync("listed");
        await world.Proxy.SubscribedAsync("sockjs");

        JsonArray items = (await GetAsync("/v1/connections"))["items"]!.AsArray();

        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                "stream n listed,native {\"user\":\"al\"}", "response n listed,native {}", "ws n native {}", "woh o over-http {}", "sockjs s sockjs {}",
            },
            items.Select(item => $"{item!["transport"]} {item["route"]} {string.Join(',', item["channels"]!.AsArray())} {item["meta"]!.ToJsonString()}").ToHashSet(StringComparer.Ordinal));
        Assert.All(items, item => Assert.Equal(("here", "127.0.0.1"), (item!["node"]!.ToString(), item["peer"]!.ToString())));
    }

    [Fact]
    public async Task Counts_OfAStream_GoUpWithWhatComes()
    {
        await using RawHttp stream = await HoldAsync("counted", "stream");
        await world.Proxy.Control.PublishStreamAsync("counted", "x\n");
        await stream.ReadStreamAsync("x\n");

        JsonNode connection = Assert.Single((await GetAsync("/v1/connections?channel=counted"))["items"]!.AsArray())!;

        Assert.Equal((1, 0, 0), (connection["delivered"]!.GetValue<int>(), connection["dropped"]!.GetValue<int>(), connection["queued_bytes"]!.GetValue<int>()));
        Assert.Equal(connection["id"]!.ToString(), (await GetAsync($"/v1/connections/{connection["id"]}"))["id"]!.ToString());
    }

    [Fact]
    public async Task Channel_OfTwoTransports_HasBothCounts()
    {
        await using RawHttp stream = await HoldAsync("both", "stream");
        await using RawHttp poll = await HoldAsync("both", "response");
        Assert.Equal("""{"response":1,"stream":1,"ws":0,"signalr":0}""", (await GetAsync("/v1/channels/both"))["subscribers"]!.ToJsonString());
    }

    [Fact]
    public async Task Close_AStream_EndsItProperlyAndTheConnectionGoesOn()
    {
        world.Origin.OnText("/after", "after");
        await using RawHttp stream = await HoldAsync("close-stream", "stream");

        Assert.Equal(1, await CloseAsync(new JsonObject { ["channel"] = "close-stream" }));

        Assert.Equal("", await stream.ReadChunkAsync());
        Assert.Equal("after", (await stream.GetAsync("/after")).Body);
    }

    [Fact]
    public async Task Close_ALongPoll_AnswersAsItsTimeoutDoes()
    {
        await using RawHttp poll = await HoldAsync("close-poll", "response");
        Assert.Equal(1, await CloseAsync(new JsonObject { ["channel"] = "close-poll" }));
        RawResponse answer = await poll.ReadResponseAsync();
        Assert.Equal((200, "nothing yet"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Close_ByMeta_TakesThoseOnly()
    {
        await using RawHttp own = await HoldAsync("close-meta", "response", "Grip-Set-Meta: user=unique");
        await using RawHttp other = await HoldAsync("close-meta", "response", "Grip-Set-Meta: user=someone");
        Assert.Equal(1, await CloseAsync(new JsonObject { ["meta"] = new JsonObject { ["user"] = "unique" } }));
        Assert.Equal("nothing yet", (await own.ReadResponseAsync()).Body);
        Assert.Single((await GetAsync("/v1/connections?channel=close-meta"))["items"]!.AsArray());
    }

    [Theory]
    [InlineData(OriginKind.Native, "native")]
    [InlineData(OriginKind.OverHttp, "over-http")]
    public async Task Close_AWebSocket_HasCodeAndReason(OriginKind kind, string channel)
    {
        await using Talk talk = await world.OpenAsync(kind);
        await talk.Client.SendTextAsync("here");
        Assert.Equal("here", await talk.Client.ReadTextAsync());
        JsonNode newest = (await GetAsync($"/v1/connections?channel={channel}"))["items"]!.AsArray().MinBy(item => item!["age"]!.GetValue<double>())!;

        Assert.Equal(1, await CloseAsync(new JsonObject { ["connection"] = newest["id"]!.ToString(), ["code"] = 4001, ["reason"] = "bye" }));

        Assert.Equal((4001, "bye"), await talk.Client.ReadCloseAsync());
    }

    [Theory]
    [InlineData(OriginKind.Native, "native")]
    [InlineData(OriginKind.OverHttp, "over-http")]
    public async Task Trace_OfAMessageToAWebSocket_EndsWithWritten(OriginKind kind, string channel)
    {
        await using Talk talk = await world.OpenAsync(kind);
        await talk.Client.SendTextAsync("here");
        Assert.Equal("here", await talk.Client.ReadTextAsync());
        using EventStreamReader live = await world.Proxy.Control.WatchAsync($"/v1/trace?channel={channel}");

        JsonObject item = new() { ["channel"] = channel, ["id"] = "traced", ["ws-message"] = new JsonObject { ["content"] = "news" } };
        JsonNode receipt = Assert.Single(await world.Proxy.Control.PublishWithReceiptsAsync(item));

        Assert.Equal("news", await talk.Client.ReadTextAsync());
        Assert.NotEqual(0, receipt["queued"]!.GetValue<int>());
        JsonNode written = await live.UntilAsync("written", step => step["id"]!.ToString() == "traced");
        JsonNode trace = await GetAsync($"/v1/trace/{channel}/traced");
        Assert.Contains(trace["steps"]!.AsArray(), step => step!["step"]!.ToString() == "queued" && step["connection"]!.ToString() == written["connection"]!.ToString());
    }

    [Fact]
    public async Task Refresh_AWebSocketOverHttp_AsksItsOriginAtOnce()
    {
        int requests = 0;
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        OverHttpTalkOrigin origin = new();
        world.Origin.On("/over-http/refreshed", async context =>
        {
            await origin.AnswerAsync(context);
            if (Interlocked.Increment(ref requests) == 2)
            {
                asked.SetResult();
            }
        });
        await using RawWebSocket client = await RawWebSocket.ConnectAsync(world.Proxy.Client, "/over-http/refreshed");
        JsonNode newest = (await GetAsync("/v1/connections?transport=woh"))["items"]!.AsArray().MinBy(item => item!["age"]!.GetValue<double>())!;

        JsonNode answer = await PostAsync("/v1/refresh", new JsonObject { ["connection"] = newest["id"]!.ToString() });

        Assert.Equal(1, answer["refreshed"]!.GetValue<int>());
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Conncheck_AfterAConnectionEnded_LeavesItOut()
    {
        await using RawHttp poll = await HoldAsync("checked", "response");
        string id = (await GetAsync("/v1/connections?channel=checked"))["items"]![0]!["id"]!.ToString();
        JsonObject body = new() { ["ids"] = new JsonArray(id, "nobody") };
        Assert.Equal($$"""{"alive":["{{id}}"]}""", (await PostAsync("/v1/conncheck", body)).ToJsonString());
        await CloseAsync(new JsonObject { ["connection"] = id });
        await poll.ReadResponseAsync();
        Assert.Equal("""{"alive":[]}""", (await PostAsync("/v1/conncheck", body)).ToJsonString());
    }

    [Fact]
    public async Task Presence_SubscribersComeAndGo_AreTold()
    {
        using EventStreamReader events = await world.Proxy.Control.WatchAsync("/v1/presence?prefix=present");
        Assert.Equal("ready", (await events.NextAsync())?.Type);
        await using (RawHttp one = await HoldAsync("present", "stream"))
        {
            Assert.Equal(1, (await events.UntilAsync("subscribed", data => data["channel"]!.ToString() == "present"))["subscribers"]!.GetValue<int>());
            await using RawHttp two = await HoldAsync("present", "stream");
            Assert.Equal(2, (await events.UntilAsync("count", _ => true))["subscribers"]!.GetValue<int>());
        }

        await events.UntilAsync("unsubscribed", data => data["mode"]!.ToString() == "stream");
    }

    private async Task<RawHttp> HoldAsync(string channel, string mode, params string[] headers)
    {
        string path = $"/{mode}/{channel}/{string.Concat(headers).Length}";
        world.Origin.OnHold(path, mode, channel, mode == "stream" ? "" : "nothing yet", headers);
        int mark = world.Proxy.Output.Mark;
        RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get(path));
        if (mode == "stream")
        {
            await client.ReadHeadAsync();
        }

        await world.Proxy.SubscribedAsync(channel, mark: mark);
        return client;
    }

    private async Task<int> CloseAsync(JsonObject body) => (await PostAsync("/v1/close", body))["closed"]!.GetValue<int>();

    private Task<JsonNode> GetAsync(string path) => world.Proxy.Control.GetAsync(path);

    private Task<JsonNode> PostAsync(string path, JsonObject body) => world.Proxy.Control.CommandAsync(path, body);
}
