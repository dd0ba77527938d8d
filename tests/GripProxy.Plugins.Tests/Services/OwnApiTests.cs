using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Tests.Admin;
using GripProxy.Plugins.Tests.Pipeline;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Services;

/// <summary><c>posthog.api</c> without a host (plugins-api.md §3.9): the admin API, as somebody with a token of the tenant.</summary>
public sealed class OwnApiTests : IAsyncLifetime
{
    private TestAdmin _admin = null!; // by InitializeAsync

    public async Task InitializeAsync() => _admin = await TestAdmin.StartAsync();

    public async Task DisposeAsync() => await _admin.DisposeAsync();

    [Fact]
    public async Task Plg20_OwnApi_ManagesItsTenantAndNoOther()
    {
        var (status, made) = await AskAsync("POST", "/v1/tenants/acme/packages", """{"source":"export const processEvent = (event) => event","name":"made"}""");
        Assert.Equal(201, status);
        Assert.Equal("made", (string?)(await AskAsync("GET", "/v1/tenants/acme/packages?limit=5")).Json!["items"]![0]!["name"]);
        Assert.Equal((string?)made!["hash"], (string?)(await AskAsync("GET", $"/v1/tenants/acme/packages/{made["hash"]}")).Json!["hash"]);

        Assert.Equal((403, "not_covered"), await RefusedAsync("GET", "/v1/tenants/default/packages"));
        Assert.Equal((403, "not_covered"), await RefusedAsync("POST", "/v1/tenants", """{"name":"third"}"""));
        Assert.Equal((404, "not_found"), await RefusedAsync("GET", "/api/projects/@current"));
        Assert.Equal("plugin p1", (string?)(await _admin.OkAsync("GET", "/v1/audit"))["items"]![0]!["by"]);
    }

    [Fact]
    public async Task Plg20_OwnApi_WithATokenOfThePlugin_LooksAtIt()
    {
        Assert.Equal((401, "invalid_token"), await RefusedAsync("GET", "/v1/tenants/acme", authorization: "Bearer phx"));
        Assert.Equal(200, (await AskAsync("GET", "/v1/tenants/default", authorization: $"Bearer {TestAdmin.Operator}")).Status);
    }

    [Fact]
    public async Task Plg20_OwnApi_WithoutAnEnd_IsGivenUp()
    {
        await AskAsync("POST", "/v1/tenants/acme/packages", """{"source":"export const processEvent = (event) => event","name":"made"}""");
        var hash = (string?)(await AskAsync("GET", "/v1/tenants/acme/packages")).Json!["items"]![0]!["hash"];
        await AskAsync("POST", "/v1/tenants/acme/plugins", $$"""{"package":"{{hash}}"}""");
        var time = new ManualTime();
        var givenUp = time.TimerSetAsync(TimeSpan.FromSeconds(30));

        var following = SendAsync(time, "GET", "/v1/tenants/acme/plugins/1/logs/stream", body: null, authorization: null);
        await givenUp;
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("TimedOut", (string?)(await following)["failure"]!["problem"]);
    }

    private async Task<(int Status, string? Code)> RefusedAsync(string method, string path, string? body = null, string? authorization = null)
    {
        var (status, json) = await AskAsync(method, path, body, authorization);
        return (status, (string?)json!["code"]);
    }

    private async Task<(int Status, JsonNode? Json)> AskAsync(string method, string path, string? body = null, string? authorization = null)
    {
        var answer = (await SendAsync(TimeProvider.System, method, path, body, authorization))["answer"]!;
        var content = Encoding.UTF8.GetString(Convert.FromBase64String((string)answer["body"]!)); // It is always there.
        return ((int)answer["status"]!, content.Length == 0 ? null : JsonNode.Parse(content));
    }

    private async Task<JsonNode> SendAsync(TimeProvider time, string method, string path, string? body, string? authorization)
    {
        JsonArray headers = [new JsonArray("Content-Type", "application/json")];
        if (authorization is not null)
            headers.Add(new JsonArray("Authorization", authorization));
        var arguments = new JsonObject { ["method"] = method, ["path"] = path, ["headers"] = headers, ["body"] = body };
        using var written = JsonDocument.Parse(arguments.ToJsonString());
        var answer = await new OwnApi(2, () => _admin.Router, time).Operations["posthog.api"](TestPipeline.Install(1, "export const processEvent = (event) => event"), written.RootElement);
        return JsonNode.Parse(answer.Json.Span)!; // It is JSON.
    }
}
