using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.SignalR;

/// <summary>A proxy of its own for each test: its end, and hubs without an origin that answers (SIG-01, SIG-02).</summary>
public sealed class HubStopTests
{
    [Theory]
    [InlineData("WebSockets")]
    [InlineData("ServerSentEvents")]
    [InlineData("LongPolling")]
    public async Task SIG01_ProxyThatStops_TellsClientsToComeBack(string transport)
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        HubOrigin hub = new();
        origin.On("/hub", hub.AnswerAsync);
        await using GripProxyProcess proxy = await StartAsync($"* {origin.Address}");
        await using ChildProcess client = Start(proxy, "await attempt('Subscribe', 'a', {}); say('ready')", transport);
        await client.Output.WaitForAsync(line => line == "ready");

        Assert.Equal(0, await proxy.StopAsync());

        await client.Output.WaitForAsync(line => line.StartsWith("reconnecting", StringComparison.Ordinal) && line.Contains("drain", StringComparison.Ordinal));
        await hub.HearsAsync("", "disconnect");
    }

    [Theory]
    [InlineData("* 127.0.0.1:1", "502")]
    [InlineData("* 127.0.0.1:1 127.0.0.1:2", "502")]
    [InlineData("other.test 127.0.0.1:1", "404")]
    [InlineData("* test", "502")]
    public async Task SIG02_NobodyToAsk_RefusesTheConnection(string route, string status)
    {
        await using GripProxyProcess proxy = await StartAsync(route);
        await using ChildProcess client = Start(proxy, "", "WebSockets");

        // It comes while the client connects, or right after.
        await client.Output.WaitForAsync(line => (line.StartsWith("closed", StringComparison.Ordinal) || line.StartsWith("failed", StringComparison.Ordinal))
            && line.EndsWith($"refused: status {status}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("true", "http://page.test")]
    [InlineData("false", "")]
    public async Task SIG01_PageOfAnotherSite_ConnectsWhereItMay(string auto, string allowed)
    {
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(
            new ProxySetup().Set("signalr", "path", "/hub").Set("proxy", "auto_cross_origin", auto).Route("* 127.0.0.1:1"));
        foreach (HttpMethod method in new[] { HttpMethod.Options, HttpMethod.Post })
        {
            using HttpClient http = new();
            using HttpRequestMessage request = new(method, $"http://{proxy.Address}/hub/negotiate?negotiateVersion=1");
            request.Headers.Add("Origin", "http://page.test");
            request.Headers.Add("Access-Control-Request-Headers", "x-requested-with");
            using HttpResponseMessage answer = await http.SendAsync(request);
            Assert.Equal(allowed, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? values) ? string.Join(',', values) : "");
            Assert.Equal(method == HttpMethod.Post || auto == "true", answer.IsSuccessStatusCode);
        }
    }

    private static Task<GripProxyProcess> StartAsync(string route) => GripProxyProcess.StartAsync(new ProxySetup().Set("signalr", "path", "/hub").Route(route));

    private static ChildProcess Start(GripProxyProcess proxy, string script, string transport) => NodeScript.Start(
        "client-signalr.cjs",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["NODE_NO_WARNINGS"] = "1" },
        $"http://{proxy.Address}/hub",
        new JsonObject { ["transport"] = transport, ["reconnect"] = true }.ToJsonString(),
        script);
}
