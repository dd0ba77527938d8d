using System.Globalization;
using System.Net;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Telemetry;

/// <summary>What Prometheus reads (STA-20, STA-30), and what docs/metrics.md says of it.</summary>
public sealed class MetricsPageTests : IAsyncLifetime
{
    private readonly int _port = FreePorts.Take();
    private FakeOrigin _origin = null!; // By InitializeAsync.
    private GripProxyProcess _proxy = null!; // By InitializeAsync.

    public async Task InitializeAsync()
    {
        _origin = await FakeOrigin.StartAsync();
        _proxy = await GripProxyProcess.StartAsync(new ProxySetup()
            .Route($"*,id=main {_origin.Address}")
            .Route($"*,path_beg=/away,id=away 127.0.0.1:{FreePorts.Take().ToString(CultureInfo.InvariantCulture)}")
            .Set("handler", "message_wait", "60000")
            .Set("handler", "prometheus_port", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}")));
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [Fact]
    public async Task Documentation_NamesEveryMetricAndNoOther()
    {
        // | `name` | type | labels | meaning |
        IEnumerable<string> documented = (await DocumentationAsync()).Split('\n')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length > 2 && cells[2] is ("counter" or "gauge" or "histogram"))
            .Select(cells => $"{cells[1].Trim('`')} {cells[2]}");
        // One more that has plugins and is in a cluster.
        await using RedisServer redis = await RedisServer.StartDurableAsync();
        int port = FreePorts.Take();
        string data = Directory.CreateTempSubdirectory("gripproxy-metrics").FullName;
        string pages;
        await using (await GripProxyProcess.StartAsync(new ProxySetup()
            .Route($"* {_origin.Address}")
            .Set("cluster", "redis", redis.Address)
            .Set("plugins", "enabled", "true")
            .Set("plugins", "data", data)
            .Set("plugins", "secret_key", "a key of these tests that is long enough")
            .Set("plugins", "runtime_path", ProxyWithPlugins.Deno)
            .Set("events", "listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Take()}"))
            .Set("handler", "prometheus_port", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"))))
        {
            pages = $"{await PageAsync(_port)}\n{await PageAsync(port)}";
        }

        Directory.Delete(data, recursive: true);
        IEnumerable<string> there = pages.Split('\n')
            .Distinct(StringComparer.Ordinal)
            .Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
            .Select(line => line["# TYPE ".Length..]);

        Assert.Equal(there.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Traffic_IsCountedUnderDocumentedLabels()
    {
        _origin.OnHold("/news", "stream", "news", "open\n");
        _origin.OnHold("/poll", "response", "poll", "nothing\n");
        await using RawHttp stream = await HoldAsync("/news", "news");
        await stream.ReadHeadAsync();
        await using RawHttp poll = await HoldAsync("/poll", "poll");
        await using (RawHttp lost = await _proxy.ConnectAsync())
        {
            await lost.SendAsync(RawHttp.Get("/away"));
            Assert.Equal(502, (await lost.ReadResponseAsync()).Status);
        }

        await using (RawHttp wrong = await _proxy.ConnectAsync())
        {
            await wrong.SendAsync("no http at all\r\n\r\n");
            await wrong.ReadResponseAsync();
        }

        await _proxy.Control.PublishStreamAsync("news", "1\n", id: "1");
        await _proxy.Control.PublishStreamAsync("news", "3\n", id: "3", prevId: "2");
        await stream.ReadStreamAsync("1\n");
        string page = await PageAsync();

        string[] expected =
        [
            "gripproxy_holds{transport=\"stream\",route=\"main\"} 1",
            "gripproxy_holds{transport=\"response\",route=\"main\"} 1",
            "gripproxy_channels 2",
            "gripproxy_sequencer_waiting 1",
            "gripproxy_queue_bytes{transport=\"stream\"} 0",
            "gripproxy_log_bytes 0",
            "gripproxy_deliveries_total{transport=\"stream\"} 1",
            "gripproxy_publish_items_total{door=\"http\",outcome=\"waiting\"} 1",
            "gripproxy_publish_to_write_seconds_count{transport=\"stream\"} 1",
            "gripproxy_origin_seconds_count{route=\"main\",outcome=\"ok\"} 2",
            "gripproxy_origin_seconds_count{route=\"away\",outcome=\"unreachable\"} 1",
            "gripproxy_origin_requests_total{route=\"main\",kind=\"request\"} 2",
            "gripproxy_refusals_total{reason=\"bad_request\"} 1",
        ];
        string[] lines = page.Split('\n');
        Assert.All(expected, line => Assert.Contains(line, lines));
    }

    [Fact]
    public async Task Recover_OfALongPoll_IsARecoveryAndARetry()
    {
        _origin.OnHold("/again", "response", "again", "nothing\n");
        await using RawHttp poll = await HoldAsync("/again", "again");
        int mark = _proxy.Output.Mark;

        (await _proxy.Control.PostAsync("", path: "/recover/")).Dispose();
        await _proxy.SubscribedAsync("again", mark: mark);

        string[] lines = (await PageAsync()).Split('\n');
        Assert.Contains("gripproxy_recoveries_total{transport=\"response\",reason=\"recover\"} 1", lines);
        Assert.Contains("gripproxy_origin_requests_total{route=\"main\",kind=\"retry\"} 1", lines);
    }

    private static Task<string> DocumentationAsync() => File.ReadAllTextAsync(Path.Combine(BuiltProgram.RepositoryRoot, "docs", "metrics.md"));

    private Task<string> PageAsync() => PageAsync(_port);

    private static async Task<string> PageAsync(int port)
    {
        using HttpClient http = new();
        using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/metrics"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<RawHttp> HoldAsync(string path, string channel)
    {
        RawHttp client = await _proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get(path));
        await _proxy.SubscribedAsync(channel);
        return client;
    }
}
