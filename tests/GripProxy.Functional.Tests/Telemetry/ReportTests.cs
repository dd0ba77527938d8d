using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Telemetry;

/// <summary>The counters of bytes and messages in reports (STA-08), of each way that traffic can take.</summary>
public sealed class ReportTests : IAsyncLifetime
{
    private FakeOrigin _origin = null!; // By InitializeAsync.
    private GripProxyProcess _proxy = null!; // By InitializeAsync.
    private EventStreamReader _reports = null!; // By InitializeAsync.

    public async Task InitializeAsync()
    {
        _origin = await FakeOrigin.StartAsync();
        _proxy = await GripProxyProcess.StartAsync(new ProxySetup()
            .Route($"*,id=main {_origin.Address}")
            .Route($"*,path_beg=/ws,id=ws {_origin.Address},over_http")
            .Set("handler", "stats_report_interval", "1"));
        _reports = await _proxy.Control.WatchAsync("/v1/stats?types=report");
        // Bytes are counted from the moment on at which the first listener is noticed; a report with something in it comes after that.
        await using RawHttp client = await _proxy.ConnectAsync();
        long counted = 0;
        while (counted == 0)
        {
            await client.SendAsync(RawHttp.Get("/nothing"));
            await client.ReadResponseAsync();
            JsonNode report = await NextAsync("main");
            counted = Number(report, "client-header-bytes-received");
        }

        // What is left of it.
        await NextAsync("main");
    }

    public async Task DisposeAsync()
    {
        _reports.Dispose();
        await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [Fact]
    public async Task Request_WithBody_CountsHeadsAndBodiesOnBothSides()
    {
        _origin.OnText("/echo", "1234567");
        await using RawHttp client = await _proxy.ConnectAsync();
        await client.SendAsync("POST /echo?a=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
        await client.ReadResponseAsync();

        JsonNode report = await NextAsync("main");

        // Method, path, names and values.
        Assert.Equal("POST".Length + "/echo?a=1".Length + "Hosth".Length + "Content-Length3".Length, Number(report, "client-header-bytes-received"));
        Assert.Equal((3, 3), (Number(report, "client-content-bytes-received"), Number(report, "server-content-bytes-sent")));
        Assert.Equal((7, 7), (Number(report, "server-content-bytes-received"), Number(report, "client-content-bytes-sent")));
        Assert.All(
            ["client-header-bytes-sent", "server-header-bytes-sent", "server-header-bytes-received"], name => Assert.InRange(Number(report, name), 10, 2000));
    }

    [Fact]
    public async Task Stream_WithAnItem_CountsWhatIsSent()
    {
        _origin.OnHold("/news", "stream", "news", "open\n");
        await using RawHttp client = await _proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/news"));
        await client.ReadHeadAsync();
        await _proxy.SubscribedAsync("news");
        await _proxy.Control.PublishStreamAsync("news", "hello\n");
        await client.ReadStreamAsync("hello\n");
        long sent = 0;
        while (sent < "open\nhello\n".Length)
        {
            sent += Number(await NextAsync("main"), "client-content-bytes-sent");
        }

        // Each piece is a chunk of its own, which the few bytes of its frame belong to.
        Assert.InRange(sent, "open\nhello\n".Length, "open\nhello\n".Length + (2 * "5\r\n\r\n".Length));
    }

    [Fact]
    public async Task WebSocket_Messages_AreCountedOnBothSides()
    {
        EventsEndpoint endpoint = new(body => body.StartsWith("TEXT", StringComparison.Ordinal) ? EventsEndpoint.Text("hello") : body);
        _origin.On("/ws", endpoint.AnswerAsync);
        await using RawWebSocket client = await RawWebSocket.ConnectAsync(_proxy.Client, "/ws");
        await client.SendTextAsync("hi");
        Assert.Equal("hello", await client.ReadTextAsync());
        long messages = 0, bytes = 0;
        while (messages == 0)
        {
            JsonNode report = await NextAsync("ws");
            messages += Number(report, "client-messages-sent");
            bytes += Number(report, "client-content-bytes-sent");
            if (messages == 0)
            {
                continue;
            }

            Assert.Equal((1, 2), (Number(report, "client-messages-received"), Number(report, "client-content-bytes-received")));
            Assert.Equal((1, 5), (Number(report, "server-messages-received"), Number(report, "server-content-bytes-received")));
        }

        Assert.Equal((1, 5), (messages, bytes));
    }

    private static long Number(JsonNode report, string name) => (long)report[name]!;

    private async Task<JsonNode> NextAsync(string route) =>
        await _reports.UntilAsync("report", report => (string?)report["route"] == route);
}
