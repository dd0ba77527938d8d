using System.Net;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>Answers of the control port that are of all nodes (CTL-03, CTL-04, CTL-05, CTL-11, CTL-13).</summary>
public sealed class AllNodesTests : IAsyncLifetime
{
    private readonly List<RawHttp> _clients = [];
    private RedisServer _redis = null!; // These four by InitializeAsync.
    private FakeOrigin _origin = null!;
    private GripProxyProcess _a = null!;
    private GripProxyProcess _b = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _origin = await FakeOrigin.StartAsync();
        foreach (string channel in new[] { "one", "two", "three", "four" })
        {
            _origin.OnHold($"/{channel}", "stream", channel, "");
        }

        try
        {
            _a = await StartAsync("a");
            _b = await StartAsync("b");
            await KnowEachOtherAsync(2);
        }
        catch
        {
            // After a start that failed xunit does not dispose.
            await DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        foreach (RawHttp client in _clients)
        {
            await client.DisposeAsync();
        }

        // Not all of them may have started.
        foreach (GripProxyProcess? node in new[] { _a, _b })
        {
            if (node is not null)
            {
                await node.DisposeAsync();
            }
        }

        await _origin.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Channels_HeldOnSeveralNodes_AreSumsInOneOrder()
    {
        await HoldAsync(_a, "two");
        await HoldAsync(_b, "two");
        await HoldAsync(_b, "two");
        await HoldAsync(_b, "one");
        await HoldAsync(_a, "three");
        await HoldAsync(_b, "four");

        Assert.Equal("four 1, one 1, three 1, two 3", await ChannelsAsync(_a, ""));
        Assert.Equal("four 1, one 1, three 1, two 3", await ChannelsAsync(_b, ""));
        Assert.Equal("three 1, two 1", await ChannelsAsync(_a, "?local=1"));
        Assert.Equal("three 1, two 3", await ChannelsAsync(_a, "?prefix=t"));

        JsonNode page = await _a.Control.GetAsync("/v1/channels?limit=2");
        Assert.Equal("one", (string?)page["next"]);
        Assert.Equal("three 1, two 3", await ChannelsAsync(_a, "?limit=2&after=one"));
        Assert.Null((await _a.Control.GetAsync("/v1/channels?limit=2&after=one"))["next"]);
        Assert.Null(page["missing"]);

        JsonNode two = await _b.Control.GetAsync("/v1/channels/two");
        Assert.Equal((3, 3), ((int?)two["subscribers"]!["stream"], (int?)two["total"]));
        Assert.Equal(1, (int?)(await _a.Control.GetAsync("/v1/channels/four"))["total"]);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_a, "/v1/channels/four?local=1"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_a, "/v1/channels/nobody"));
    }

    [Fact]
    public async Task Connections_OfOtherNodes_AreListedFoundAndChecked()
    {
        await HoldAsync(_a, "one");
        await HoldAsync(_b, "one");
        await HoldAsync(_b, "two");

        JsonArray all = (await _a.Control.GetAsync("/v1/connections"))["items"]!.AsArray();
        Assert.Equal(["a one", "b one", "b two"], all.Select(one => $"{one!["node"]} {one["channels"]![0]}").Order(StringComparer.Ordinal));
        Assert.Equal(["a", "b"], (await _a.Control.GetAsync("/v1/connections?channel=one"))["items"]!.AsArray().Select(one => (string?)one!["node"]).Order(StringComparer.Ordinal));
        Assert.Single((await _a.Control.GetAsync("/v1/connections?local=1"))["items"]!.AsArray());

        string there = (string)all.First(one => (string?)one!["channels"]![0] == "two")!["id"]!;
        JsonNode found = await _a.Control.GetAsync($"/v1/connections/{Uri.EscapeDataString(there)}");
        Assert.Equal(("b", "stream"), ((string?)found["node"], (string?)found["transport"]));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_a, $"/v1/connections/{Uri.EscapeDataString(there)}?local=1"));
        JsonNode alive = await _a.Control.CommandAsync("/v1/conncheck", new JsonObject { ["ids"] = new JsonArray(there, "nobody") });
        Assert.Equal($"""["{there}"]""", alive["alive"]!.ToJsonString());

        // Pages meet in order, whichever node a connection is on.
        List<string> paged = [];
        string? after = "";
        while (after is not null)
        {
            JsonNode page = await _b.Control.GetAsync($"/v1/connections?limit=1&after={Uri.EscapeDataString(after)}");
            paged.AddRange(page["items"]!.AsArray().Select(one => (string)one!["id"]!));
            after = (string?)page["next"];
        }

        Assert.Equal(all.Select(one => (string)one!["id"]!), paged);
    }

    [Fact]
    public async Task Close_Channel_EndsItsClientsOnAllNodes()
    {
        RawHttp here = await HoldAsync(_a, "one");
        RawHttp there = await HoldAsync(_b, "one");
        RawHttp other = await HoldAsync(_b, "two");

        Assert.Equal("""{"refreshed":0}""", (await _a.Control.CommandAsync("/v1/refresh", new JsonObject { ["channel"] = "one" })).ToJsonString());
        Assert.Equal("""{"closed":2}""", (await _a.Control.CommandAsync("/v1/close", new JsonObject { ["channel"] = "one" })).ToJsonString());
        Assert.Equal("", await here.ReadChunkAsync());
        Assert.Equal("", await there.ReadChunkAsync());

        JsonNode left = Assert.Single((await _a.Control.GetAsync("/v1/connections?channel=two"))["items"]!.AsArray())!;
        JsonObject one = new() { ["connection"] = (string?)left["id"] };
        Assert.Equal("""{"closed":0}""", (await _a.Control.CommandAsync("/v1/close?local=1", one)).ToJsonString());
        Assert.Equal("""{"closed":1}""", (await _a.Control.CommandAsync("/v1/close", one)).ToJsonString());
        Assert.Equal("", await other.ReadChunkAsync());
    }

    [Fact]
    public async Task Presence_ClientsOfSeveralNodes_ComeOnceAndGoOnce()
    {
        RawHttp first = await HoldAsync(_b, "one");
        using EventStreamReader presence = await _a.Control.WatchAsync("/v1/presence?prefix=o");
        using EventStreamReader local = await _a.Control.WatchAsync("/v1/presence?local=1");
        Assert.Equal("""subscribed {"channel":"one","mode":"stream","subscribers":1}""", await NextAsync(presence));
        Assert.Equal("ready {}", await NextAsync(presence));
        Assert.Equal("ready {}", await NextAsync(local));

        RawHttp second = await HoldAsync(_a, "one");
        Assert.Equal("""count {"channel":"one","mode":"stream","subscribers":2}""", await NextAsync(presence));
        Assert.Equal("""subscribed {"channel":"one","mode":"stream","subscribers":1}""", await NextAsync(local));
        await HoldAsync(_b, "two");
        await first.DisposeAsync();
        Assert.Equal("""count {"channel":"one","mode":"stream","subscribers":1}""", await NextAsync(presence));
        await second.DisposeAsync();
        Assert.Equal("""unsubscribed {"channel":"one","mode":"stream","subscribers":0}""", await NextAsync(presence));
        await HoldAsync(_b, "one");
        Assert.Equal("""subscribed {"channel":"one","mode":"stream","subscribers":1}""", await NextAsync(presence));
    }

    [Fact]
    public async Task NodeThatDied_IsMissing_ThenGoneWithItsCounts()
    {
        await HoldAsync(_a, "one");
        await HoldAsync(_b, "one");
        await HoldAsync(_b, "two");
        using EventStreamReader presence = await _a.Control.WatchAsync("/v1/presence");
        Assert.Equal("ready", (await UntilReadyAsync(presence)).Type);

        _b.Kill();
        JsonNode channels = await _a.Control.GetAsync("/v1/channels");
        Assert.Equal("""["b"]""", channels["missing"]!.ToJsonString());
        Assert.Equal("one 1", Text(channels));
        Assert.Equal("""["b"]""", (await _a.Control.GetAsync("/v1/channels/one"))["missing"]!.ToJsonString());
        Assert.Equal("""["b"]""", (await _a.Control.GetAsync("/v1/connections"))["missing"]!.ToJsonString());
        await using ChildProcess command = ChildProcess.Start(BuiltProgram.Path, ["channels", "--admin", $"http://127.0.0.1:{_a.Control.Port}"]);
        Assert.Equal(0, await command.ExitCodeAsync());
        Assert.Matches(@"(?m)^one +1 +0 +1 +0 +-$", command.Output.Text);
        Assert.Matches("(?m)^no answer from: b$", command.Output.Text);
        Assert.Equal("""{"closed":0,"missing":["b"]}""", (await _a.Control.CommandAsync("/v1/close", new JsonObject { ["channel"] = "two" })).ToJsonString());

        Assert.Equal("two", (string?)(await presence.UntilAsync("unsubscribed", _ => true))["channel"]);
        Assert.Equal(1, (int?)(await presence.UntilAsync("count", one => (string?)one["channel"] == "one"))["subscribers"]);
        Assert.Null((await _a.Control.GetAsync("/v1/channels"))["missing"]);

        // One that comes is heard as well.
        await using GripProxyProcess again = await StartAsync("b");
        await HoldAsync(again, "three");
        Assert.Equal("three", (string?)(await presence.UntilAsync("subscribed", _ => true))["channel"]);
    }

    [Fact]
    public async Task RedisAway_OthersAreMissing_AndPresenceStaysAsItWas()
    {
        await HoldAsync(_b, "one");
        using EventStreamReader presence = await _a.Control.WatchAsync("/v1/presence");
        Assert.Equal("ready", (await UntilReadyAsync(presence)).Type);

        await _redis.KillAsync();
        JsonNode nodes = await _a.Control.GetAsync("/v1/nodes");
        Assert.Equal(["a"], nodes["items"]!.AsArray().Select(node => (string?)node!["node"]));
        Assert.Equal("""["b"]""", nodes["missing"]!.ToJsonString());
        Assert.Equal("""["b"]""", (await _a.Control.GetAsync("/v1/channels"))["missing"]!.ToJsonString());

        await HoldAsync(_a, "one");
        Assert.Equal("""count {"channel":"one","mode":"stream","subscribers":2}""", await NextAsync(presence));
        await _redis.StartAgainAsync();
        await HoldAsync(_b, "two");
        Assert.Equal("two", (string?)(await presence.UntilAsync("subscribed", _ => true))["channel"]);
        await KnowEachOtherAsync(2);
        Assert.Equal("one 2, two 1", await ChannelsAsync(_a, ""));
    }

    private static async Task<string> NextAsync(EventStreamReader presence) =>
        await presence.NextAsync() is { } next ? $"{next.Type} {next.Data.ToJsonString()}" : "the end";

    private static async Task<(string Type, JsonNode Data)> UntilReadyAsync(EventStreamReader presence)
    {
        while (await presence.NextAsync() is { } next)
        {
            if (next.Type == "ready")
            {
                return next;
            }
        }

        throw new InvalidOperationException("The stream ended before it was ready");
    }

    private static string Text(JsonNode channels) =>
        string.Join(", ", channels["items"]!.AsArray().Select(one => $"{one!["channel"]} {one["total"]}"));

    private static async Task<string> ChannelsAsync(GripProxyProcess node, string query) => Text(await node.Control.GetAsync("/v1/channels" + query));

    private static async Task<HttpStatusCode> StatusAsync(GripProxyProcess node, string path)
    {
        using HttpResponseMessage answer = await node.Control.SendAsync(HttpMethod.Get, path, content: null);
        return answer.StatusCode;
    }

    private Task<GripProxyProcess> StartAsync(string name) => GripProxyProcess.StartAsync(new ProxySetup()
        .Set("cluster", "redis", _redis.Address)
        .Set("cluster", "node", name)
        .Route($"* {_origin.Address}"));

    private async Task<RawHttp> HoldAsync(GripProxyProcess node, string channel)
    {
        int mark = node.Output.Mark;
        RawHttp client = await node.ConnectAsync();
        _clients.Add(client);
        await client.SendAsync(RawHttp.Get("/" + channel));
        await client.ReadHeadAsync();
        await node.SubscribedAsync(channel, mark: mark);
        return client;
    }

    /// <summary>Nodes say that they are there a moment after they accept, and every three seconds.</summary>
    private async Task KnowEachOtherAsync(int count)
    {
        foreach (GripProxyProcess node in new[] { _a, _b })
        {
            long since = TimeProvider.System.GetTimestamp();
            while (await node.Control.GetAsync("/v1/nodes") is { } nodes && (nodes["items"]!.AsArray().Count != count || nodes["missing"] is not null))
            {
                Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(30), $"there were never {count} nodes: {nodes.ToJsonString()}");
            }
        }
    }
}
