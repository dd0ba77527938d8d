using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Telemetry;

/// <summary>Metrics and traces to a collector (own-config.md, [telemetry]).</summary>
public sealed class TelemetryTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Parent = $"00-{TraceId}-b7ad6b7169203331-01";

    [Fact]
    public async Task Traces_RequestAndPublish_AreSpansInTheTracesOfTheirCallers()
    {
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/news", "stream", "news", "open\n");
        await using GripProxyProcess proxy = await StartAsync(origin, collector.Endpoint);
        await using RawHttp client = await proxy.ConnectAsync();
        await client.SendAsync($"GET /news HTTP/1.1\r\nHost: h\r\ntraceparent: {Parent}\r\ntracestate: vendor=1\r\n\r\n");
        await client.ReadHeadAsync();
        await proxy.SubscribedAsync("news");

        ProtoMessage forward = await collector.SpanAsync(span => span.Text(5) == "forward");
        SeenRequest seen = await origin.NextRequestAsync("/news");
        Assert.Equal((TraceId, "b7ad6b7169203331"), (forward.Hex(1), forward.Hex(4)));
        Assert.Equal($"00-{TraceId}-{forward.Hex(2)}-01", seen.Header("traceparent"));
        Assert.Equal("vendor=1", seen.Header("tracestate"));
        Assert.Equal(("request", "200"), (forward.Attributes(9)["gripproxy.kind"], forward.Attributes(9)["http.response.status_code"]));

        await PublishAsync(proxy, Parent, "7", prevId: null);
        Assert.Equal("open\n7\n", await client.ReadStreamAsync("7\n"));
        ProtoMessage deliver = await collector.SpanAsync(span => span.Text(5) == "deliver");
        ProtoMessage publish = await collector.SpanAsync(span => span.Text(5) == "publish");
        Assert.Equal((TraceId, "b7ad6b7169203331"), (publish.Hex(1), publish.Hex(4)));
        Assert.Equal((TraceId, publish.Hex(2)), (deliver.Hex(1), deliver.Hex(4)));
        Assert.Equal(publish.Hex(2), deliver.All(13).Single().Hex(2));
        Assert.Equal(("news", "1"), (deliver.Attributes(9)["gripproxy.channel"], deliver.Attributes(9)["gripproxy.receivers"]));
    }

    [Fact]
    public async Task Traces_ItemThatWaited_IsLinkedToItsOwnPublish()
    {
        const string other = "11111111111111111111111111111111";
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/order", "stream", "news", "open\n");
        await using GripProxyProcess proxy = await StartAsync(origin, collector.Endpoint);
        await using RawHttp client = await proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/order"));
        await client.ReadHeadAsync();
        await proxy.SubscribedAsync("news");
        await PublishAsync(proxy, Parent, "1", prevId: null);
        await PublishAsync(proxy, $"00-{other}-b7ad6b7169203331-01", "3", prevId: "2");
        await PublishAsync(proxy, Parent, "2", prevId: "1");
        Assert.Equal("open\n1\n2\n3\n", await client.ReadStreamAsync("3\n"));

        ProtoMessage late = await collector.SpanAsync(span => span.Text(5) == "deliver" && span.Attributes(9)["gripproxy.item.id"] == "3");

        Assert.Equal((other, other), (late.Hex(1), late.All(13).Single().Hex(1)));
    }

    [Fact]
    public async Task Metrics_Deliveries_ReachTheCollector()
    {
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/news", "stream", "news", "open\n");
        await using GripProxyProcess proxy = await StartAsync(origin, collector.Endpoint);
        await using RawHttp client = await proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/news"));
        await client.ReadHeadAsync();
        await proxy.SubscribedAsync("news");
        await PublishAsync(proxy, Parent, "7", prevId: null);
        await client.ReadStreamAsync("7\n");

        // A sum and its points; a histogram and its points.
        ProtoMessage deliveries = await collector.MetricAsync(metric => metric.Text(1) == "gripproxy.deliveries");
        ProtoMessage latency = await collector.MetricAsync(metric => metric.Text(1) == "gripproxy.publish_to_write");

        ProtoMessage point = deliveries.All(7, 1).Single();
        Assert.Equal((1, "stream"), (point.Number(6), point.Attributes(7)["transport"]));
        Assert.Equal(1, latency.All(9, 1).Single().Number(4));
    }

    [Fact]
    public async Task Collector_IsNotThere_ProxyServesSaysSoOnceAndFindsItLater()
    {
        int port = FreePorts.Take();
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnText("/", "hello");
        await using GripProxyProcess proxy = await StartAsync(origin, $"http://127.0.0.1:{port}");
        await proxy.Output.WaitForAsync(line => line.Contains("does not take metrics and traces", StringComparison.Ordinal));

        await using (RawHttp client = await proxy.ConnectAsync())
        {
            await client.SendAsync(RawHttp.Get("/"));
            Assert.Equal("hello", (await client.ReadResponseAsync()).Body);
        }

        await using OtlpReceiver collector = await OtlpReceiver.StartAsync(port);
        await proxy.Output.WaitForAsync(line => line.Contains("takes metrics and traces again", StringComparison.Ordinal));
        Assert.Single(proxy.Output.Text.Split('\n'), line => line.Contains("does not take metrics and traces", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_CollectorDoesNotAnswer_IsOrderlyAllTheSame()
    {
        await using RawOrigin silent = new(exchange => exchange.ClosedAsync());
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        await using GripProxyProcess proxy = await StartAsync(origin, $"http://{silent.Address}");

        Assert.Equal(0, await proxy.StopAsync());
    }

    [Fact]
    public async Task Off_TheLibrariesAreNotLoaded()
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnText("/", "hello");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {origin.Address}"));
        await using RawHttp client = await proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/"));
        await client.ReadResponseAsync();

        string loaded = await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{proxy.Id}/maps"));

        Assert.Contains("gripproxy", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", loaded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_EndpointIsNoUrl_SaysWhatIsExpected()
    {
        string folder = Directory.CreateTempSubdirectory("gripproxy-test-").FullName;
        string file = Path.Combine(folder, "gripproxy.conf");
        File.WriteAllText(Path.Combine(folder, "routes"), "* test\n");
        File.WriteAllText(file, "[telemetry]\notlp_endpoint=localhost:4318\n");

        await using ChildProcess check = ChildProcess.Start(BuiltProgram.Path, ["check", $"--config={file}"], folder);

        Assert.Equal(1, await check.ExitCodeAsync());
        Assert.Contains("expected the address of an OpenTelemetry collector, such as http://127.0.0.1:4318", check.Output.Text, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static Task<GripProxyProcess> StartAsync(FakeOrigin origin, string endpoint) => GripProxyProcess.StartAsync(new ProxySetup()
        .Route($"* {origin.Address}")
        .Set("telemetry", "otlp_endpoint", endpoint)
        // OpenTelemetry's own: how long it gathers before it sends.
        .Variable("OTEL_BSP_SCHEDULE_DELAY", "50")
        .Variable("OTEL_METRIC_EXPORT_INTERVAL", "100"));

    private static async Task PublishAsync(GripProxyProcess proxy, string parent, string id, string? prevId)
    {
        string body = ControlClient.OneItem("news", "http-stream", new Dictionary<string, object?>(StringComparer.Ordinal) { ["content"] = id + "\n" }, id, prevId);
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, $"http://127.0.0.1:{proxy.Control.Port}/publish/")
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Add("traceparent", parent);
        using HttpResponseMessage answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
