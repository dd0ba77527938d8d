using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.SignalR;

/// <summary>One publish reaches the clients of all transports, each exactly once, wherever they are.</summary>
public sealed class EveryTransportTests : IAsyncLifetime
{
    private FakeOrigin _origin = null!; // These by InitializeAsync.
    private RedisServer _redis = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _origin = await FakeOrigin.StartAsync();
        _origin.OnHold("/poll", "response", "all", "");
        _origin.OnHold("/events", "stream", "all", "");
        _origin.On("/talk", new SockJsOrigin().AnswerAsync);
        _origin.On("/hub", new HubOrigin().AnswerAsync);
    }

    public async Task DisposeAsync()
    {
        await _origin.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SIG01_OnePublish_ReachesEachClientOnce(bool onTwoNodes)
    {
        await using GripProxyProcess a = await StartAsync(onTwoNodes ? "a" : null);
        await using GripProxyProcess? other = onTwoNodes ? await StartAsync("b") : null;
        GripProxyProcess b = other ?? a;

        await using RawHttp poll = await a.ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/poll"));
        await using RawHttp events = await b.ConnectAsync();
        await events.SendAsync(RawHttp.Get("/events"));
        await events.ReadHeadAsync();
        await using RawWebSocket socket = await RawWebSocket.ConnectAsync(a.Client, "/talk?channel=all");
        await using ChildProcess sockJs = NodeScript.Start("client-sockjs.cjs", Quiet(), $"http://{b.Address}/sockjs?channel=all", "xhr-streaming");
        await using ChildProcess here = Hub(a, "WebSockets");
        await using ChildProcess there = Hub(b, "LongPolling");
        await here.Output.WaitForAsync(line => line == "ready");
        await there.Output.WaitForAsync(line => line == "ready");
        await (onTwoNodes ? a.SubscribedAsync("all", 3) : a.SubscribedAsync("all", 6));
        await (onTwoNodes ? b.SubscribedAsync("all", 3) : Task.CompletedTask);

        await PublishAsync(b, "1", "hello");
        // What comes after it shows that nothing came twice.
        await PublishAsync(b, "2", "end");

        Assert.Equal("hello", (await poll.ReadResponseAsync()).Body);
        Assert.Equal("data: hello\n\ndata: end\n\n", await events.ReadStreamAsync("end\n\n"));
        Assert.Equal(["hello", "end"], [await socket.ReadTextAsync(), await socket.ReadTextAsync()]);
        await sockJs.Output.WaitForAsync(line => line == "message end");
        Assert.Equal(["open xhr-streaming", "message hello", "message end"], sockJs.Output.Text.Split('\n'));
        foreach (ChildProcess client in new[] { here, there })
        {
            await client.Output.WaitForAsync(line => line.StartsWith("item", StringComparison.Ordinal) && line.Contains("end", StringComparison.Ordinal));
            Assert.Equal(
                ["""item all {"id":"1","type":"text","content":"hello"}""", """item all {"id":"2","prevId":"1","type":"text","content":"end"}"""],
                client.Output.Text.Split('\n').Where(line => line.StartsWith("item", StringComparison.Ordinal)));
        }
    }

    private static Dictionary<string, string> Quiet() => new(StringComparer.Ordinal) { ["NODE_NO_WARNINGS"] = "1" };

    private static ChildProcess Hub(GripProxyProcess node, string transport) => NodeScript.Start(
        "client-signalr.cjs",
        Quiet(),
        $"http://{node.Address}/hub",
        new JsonObject { ["transport"] = transport }.ToJsonString(),
        "await attempt('Subscribe', 'all', {}); say('ready')");

    private static async Task PublishAsync(GripProxyProcess node, string id, string text)
    {
        JsonObject item = new()
        {
            ["channel"] = "all",
            ["id"] = id,
            ["formats"] = new JsonObject
            {
                ["http-response"] = new JsonObject { ["body"] = text },
                ["http-stream"] = new JsonObject { ["content"] = $"data: {text}\n\n" },
                ["ws-message"] = new JsonObject { ["content"] = text },
            },
        };
        if (id != "1")
        {
            item["prev-id"] = "1";
        }

        using HttpResponseMessage answer = await node.Control.PostAsync(new JsonObject { ["items"] = new JsonArray(item) }.ToJsonString());
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private Task<GripProxyProcess> StartAsync(string? node)
    {
        ProxySetup setup = new ProxySetup()
            .Set("signalr", "path", "/hub")
            .Route($"*,path_beg=/sockjs,sockjs=/sockjs,sockjs_as_path=/talk {_origin.Address}")
            .Route($"*,path_beg=/talk {_origin.Address},over_http")
            .Route($"* {_origin.Address}");
        if (node is not null)
        {
            setup.Set("cluster", "redis", _redis.Address).Set("cluster", "node", node);
        }

        return GripProxyProcess.StartAsync(setup);
    }
}
