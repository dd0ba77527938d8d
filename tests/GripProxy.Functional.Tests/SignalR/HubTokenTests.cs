using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.SignalR;

/// <summary><c>@microsoft/signalr</c> in Node, where tokens say what clients may have (SIG-03).</summary>
public sealed class HubTokenTests : IAsyncLifetime
{
    private static readonly byte[] s_key = Encoding.ASCII.GetBytes("a key of an issuer, long enough!");

    private GripProxyProcess _proxy = null!; // by InitializeAsync

    public async Task InitializeAsync() => _proxy = await GripProxyProcess.StartAsync(new ProxySetup()
        .Set("signalr", "path", "/hub")
        .Set("signalr", "authorize", "token")
        .Set("issuer:me", "key", Encoding.ASCII.GetString(s_key))
        .Route("* 127.0.0.1:1"));

    public async Task DisposeAsync() => await _proxy.DisposeAsync();

    [Theory]
    [InlineData("WebSockets")]
    [InlineData("ServerSentEvents")]
    [InlineData("LongPolling")]
    public async Task SIG03_Channels_AreThoseOfTheToken(string transport)
    {
        string token = Token(600, ["news", "room-*"]);
        await using ChildProcess client = Start(token, "await attempt('Subscribe', 'news'); await attempt('Subscribe', 'room-1', {}); await attempt('Subscribe', 'other'); say('ready')", transport);
        await client.Output.WaitForAsync(line => line == "ready");

        await PublishAsync("other");
        await PublishAsync("room-1");
        await client.Output.WaitForAsync(line => line.StartsWith("item room-1 ", StringComparison.Ordinal));
        Assert.DoesNotContain("item other", client.Output.Text, StringComparison.Ordinal);
        Assert.Contains("HubException: not-allowed: ", client.Output.Text, StringComparison.Ordinal);
        JsonNode held = Assert.Single((await GetAsync("/v1/connections"))["items"]!.AsArray())!;
        Assert.Equal(("signalr", """{"user":"ann"}"""), ((string?)held["transport"], held["meta"]!.ToJsonString()));
        Assert.Equal("""{"response":0,"stream":0,"ws":0,"signalr":1}""", (await GetAsync("/v1/channels/news"))["subscribers"]!.ToJsonString());
    }

    [Fact]
    public async Task SIG03_TokenInTheAddress_AsBrowsersSendIt_IsNotInTheLog()
    {
        string token = Token(600, ["*"]);
        using ClientWebSocket socket = new();

        await socket.ConnectAsync(new Uri($"ws://{_proxy.Address}/hub?access_token={token}&x=1"), CancellationToken.None);
        await socket.SendAsync("{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

        string line = await _proxy.Output.WaitForAsync(line => line.Contains("code=101", StringComparison.Ordinal));
        Assert.Contains("/hub?x=1 ", line, StringComparison.Ordinal);
        Assert.DoesNotContain(token, _proxy.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing", "no access token")]
    [InlineData("wrong", "not known")]
    [InlineData("publisher", "grip:subscribe")]
    public async Task SIG03_TokenThatAllowsNothing_IsRefusedAtOnce(string kind, string why)
    {
        string? token = kind switch
        {
            "nothing" => null,
            "publisher" => Tokens.Publisher(s_key, "me"),
            _ => "no token",
        };
        using HttpClient http = new() { BaseAddress = new Uri($"http://{_proxy.Address}") };
        using HttpRequestMessage request = new(HttpMethod.Post, "/hub/negotiate?negotiateVersion=1");
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }

        using HttpResponseMessage answer = await http.SendAsync(request);

        Assert.Equal(401, (int)answer.StatusCode);
        Assert.Contains(why, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIG03_ExpiryWhileConnected_ClosesAndLetsComeBack()
    {
        await using ChildProcess client = Start(
            Token(6, ["*"]),
            "connection.onreconnecting(() => { options.token = process.env.NEXT; }); await attempt('Subscribe', 'a', {}); say('ready')",
            "WebSockets",
            Token(600, ["*"]));

        await client.Output.WaitForAsync(line => line.StartsWith("reconnecting", StringComparison.Ordinal) && line.Contains("token-expired", StringComparison.Ordinal));
        await client.Output.WaitForAsync(line => line == "reconnected");
    }

    [Fact]
    public async Task SIG03_NoIssuer_IsAnErrorOfCheckAndAtStart()
    {
        string file = Path.Combine(_proxy.Folder, "no-issuer.conf");
        await File.WriteAllTextAsync(file, "[proxy]\nroutesfile=routes\n[signalr]\npath=/hub\nauthorize=token\n");

        await using ChildProcess check = ChildProcess.Start(BuiltProgram.Path, ["check", $"--config={file}"], _proxy.Folder);
        Assert.NotEqual(0, await check.ExitCodeAsync());
        Assert.Contains("authorize=token needs to know who issues tokens", check.Output.Text, StringComparison.Ordinal);

        await using ChildProcess start = ChildProcess.Start(BuiltProgram.Path, [$"--config={file}"], _proxy.Folder);
        Assert.NotEqual(0, await start.ExitCodeAsync());
        Assert.Contains("authorize=token needs to know who issues tokens", start.Output.Text, StringComparison.Ordinal);
    }

    private static string Token(int seconds, string[] channels) => Tokens.Sign(s_key, new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["iss"] = "me",
        ["exp"] = TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds(),
        ["grip:subscribe"] = channels,
        ["grip:meta"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["user"] = "ann" },
    });

    private static string Publisher() => Tokens.Publisher(s_key, "me");

    private ChildProcess Start(string token, string script, string transport, string next = "") => NodeScript.Start(
        "client-signalr.cjs",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["NEXT"] = next, ["NODE_NO_WARNINGS"] = "1" },
        $"http://{_proxy.Address}/hub",
        new JsonObject { ["transport"] = transport, ["token"] = token, ["reconnect"] = true }.ToJsonString(),
        script);

    private async Task PublishAsync(string channel)
    {
        string body = ControlClient.OneItem(channel, "ws-message", new Dictionary<string, object?>(StringComparer.Ordinal) { ["content"] = channel });
        using HttpResponseMessage answer = await _proxy.Control.PostAsync(body, new("Bearer", Publisher()));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using HttpResponseMessage answer = await _proxy.Control.SendAsync(HttpMethod.Get, path, content: null, new("Bearer", Publisher()));
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
