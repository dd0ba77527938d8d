using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>Game days against the built program: started over its own control port, and refused where they must be (plugins-gameday.md).</summary>
public sealed class GameDayTests : IAsyncLifetime
{
    private readonly HttpClient _api = new();
    private ProxyWithPlugins _world = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _world = await ProxyWithPlugins.StartAsync("export const processEvent = (event) => event");
        _api.BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_world.Proxy.Control.Port}/v1/"));
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ProxyWithPlugins.OperatorToken);
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task PLG50_ControlPort_CarriesOutAPlanThatReachesHeldClients()
    {
        JsonNode tenant = await AskAsync("POST", "tenants", """{"name": "acme", "test": true}""");
        Assert.False((bool)tenant["gameday_allow_production"]!);
        string key = (string)(await AskAsync("POST", "tenants/acme/keys", """{"kind": "ingest"}"""))["value"]!;
        _world.Origin.OnHold("/stream", "stream", "acme.events.gd1", "");

        string id = (string)(await AskAsync("POST", "gamedays", Plan("acme", key)))["id"]!;
        await AskAsync("POST", $"gamedays/{id}/start", "{}");
        await EndAsync(id);

        JsonNode report = await AskAsync("GET", $"gamedays/{id}/report");
        Assert.True((string?)report["outcome"] == "held", report.ToJsonString());
        Assert.NotEmpty((string)report["versions"]!["target"]!);
        JsonNode scenario = report["steps"]![0]!["scenarios"]![0]!;
        Assert.True((long)scenario["accepted"]! > 0);
        Assert.Equal(2 * (long)scenario["accepted"]!, (long)scenario["received"]!);
    }

    [Fact]
    public async Task PLG52_TenantThatIsNoTestAndCallersThatAreNoOperators_AreRefused()
    {
        using HttpResponseMessage production = await SendAsync("POST", "gamedays?production=1", Plan("default", ProxyWithPlugins.Key));
        Assert.Equal(HttpStatusCode.Conflict, production.StatusCode);
        Assert.Contains("gameday_allow_production", await production.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        _api.DefaultRequestHeaders.Authorization = null;
        using HttpResponseMessage stranger = await SendAsync("GET", "gamedays", null);
        Assert.False(stranger.IsSuccessStatusCode);
    }

    [Fact]
    public async Task PLG54_Interrupt_EndsTheLoadAndWritesTheReport()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gripproxy-gameday-");
        try
        {
            string admin = _api.BaseAddress!.GetLeftPart(UriPartial.Authority); // Set before each test.
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "plan.json"),
                $$"""{"name": "pub", "kind": "publish", "target": {"admin": "{{admin}}"}, "baseline": 20, "steps": [1, 2], "hold_s": 600, "ramp_s": 0, "settle_s": 5}""");
            await using ChildProcess command = ChildProcess.Start(BuiltProgram.Path, ["gameday", "run", "plan.json", "--report", "report"], folder.FullName);
            await command.Output.WaitForAsync(line => line.Contains("step 1/2 holding", StringComparison.Ordinal) && !line.Contains("accepted 0/s", StringComparison.Ordinal));

            command.Signal(PosixSignal.SIGINT);

            Assert.Equal(1, await command.ExitCodeAsync());
            JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "report.json")))!;
            Assert.Equal(("stopped", "interrupted"), ((string?)report["outcome"], (string?)report["end_reason"]));
            Assert.Contains("<svg", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "report.html")), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task PLG50_NodeThatOnlyGenerates_MakesTheLoadForWhomItsOperatorSays()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gripproxy-gameday-");
        try
        {
            (int client, int control) = (FreePorts.Take(), FreePorts.Take());
            new ProxySetup().Set("plugins", "role", "loadgen").Set("plugins", "admin_token", "gpo_operator_of_the_generator").Write(folder.FullName, client, control);
            await using ChildProcess node = ChildProcess.Start(BuiltProgram.Path, [$"--config={Path.Combine(folder.FullName, "gripproxy.conf")}"], folder.FullName);
            await GripProxyProcess.AcceptsAsync(node, new IPEndPoint(IPAddress.Loopback, control));
            // It serves no clients.
            using (Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
                await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(IPAddress.Loopback, client));
            using ControlClient asks = new(control);
            using HttpResponseMessage stranger = await asks.SendAsync(HttpMethod.Get, "/v1/gamedays", null, new AuthenticationHeaderValue("Bearer", ProxyWithPlugins.OperatorToken));
            using HttpResponseMessage nodes = await asks.SendAsync(HttpMethod.Get, "/v1/nodes", null, new AuthenticationHeaderValue("Bearer", "gpo_operator_of_the_generator"));
            Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
            Assert.Equal("""["loadgen"]""", JsonNode.Parse(await nodes.Content.ReadAsStringAsync())!["items"]![0]!["roles"]!.ToJsonString());
            await AskAsync("POST", "tenants", """{"name": "acme", "test": true}""");
            string key = (string)(await AskAsync("POST", "tenants/acme/keys", """{"kind": "ingest"}"""))["value"]!;
            _world.Origin.OnHold("/stream", "stream", "acme.events.gd1", "");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "plan.json"), Plan("acme", key));
            await using ChildProcess command = ChildProcess.Start(
                BuiltProgram.Path, ["gameday", "run", "plan.json", "--report", "report", "--workers", $"127.0.0.1:{control}"], folder.FullName,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["GRIPPROXY_GAMEDAY_TOKEN"] = "gpo_operator_of_the_generator" });

            Assert.True(await command.ExitCodeAsync() == 0, command.Output.Text);
            JsonNode scenario = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "report.json")))!["steps"]![0]!["scenarios"]![0]!;
            Assert.Equal(2 * (long)scenario["accepted"]!, (long)scenario["received"]!);
            Assert.Matches("game day [0-9a-f]+\\.0\\.0: begins", node.Output.Text);
            node.Signal(PosixSignal.SIGTERM);
            Assert.Equal(0, await node.ExitCodeAsync());
            Assert.DoesNotContain("stopping was not orderly", node.Output.Text, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private string Plan(string tenant, string key) => new JsonObject
    {
        ["name"] = "functional",
        ["target"] = new JsonObject
        {
            ["ingest"] = _world.Events.BaseAddress!.ToString(), // Set by the fixture.
            ["admin"] = _api.BaseAddress!.GetLeftPart(UriPartial.Authority), // Set before each test.
            ["stream"] = $"http://{_world.Proxy.Address}/stream",
            ["tenant"] = tenant,
            ["key"] = key,
            ["token"] = ProxyWithPlugins.OperatorToken,
        },
        ["baseline"] = 50,
        ["steps"] = new JsonArray(1),
        ["hold_s"] = 2,
        ["ramp_s"] = 0,
        ["settle_s"] = 20,
        ["source"] = JsonNode.Parse("""{"kind": "synthetic", "events": 1}"""),
        ["batch"] = JsonNode.Parse("""{"size": 5}"""),
        ["clients"] = JsonNode.Parse("""{"stream": 2, "channels": ["events.*"]}"""),
        ["conditions"] = JsonNode.Parse("""[{"metric": "ingest.accepted_ratio", "op": "==", "value": 1}, {"metric": "delivery.missing", "op": "==", "value": 0}, {"metric": "dlq.added", "op": "==", "value": 0}]"""),
    }.ToJsonString();

    /// <summary>Reads the event stream until the game day is over.</summary>
    private async Task EndAsync(string id)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(90));
        using StreamReader reader = new(await _api.GetStreamAsync(new Uri($"gamedays/{id}/events", UriKind.Relative), patience.Token));
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line == "event: end")
                return;
        }
    }

    private async Task<JsonNode> AskAsync(string method, string path, string? body = null)
    {
        using HttpResponseMessage answer = await SendAsync(method, path, body);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? body)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _api.SendAsync(request);
    }
}
