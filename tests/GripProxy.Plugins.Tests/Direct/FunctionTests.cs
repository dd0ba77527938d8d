using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Direct;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Plugins.Tests.Fleet;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Tests.Direct;

/// <summary>Functions of plugins that are called by HTTP and answered (PLG-41), over real cells and a real socket.</summary>
public sealed class FunctionTests : IAsyncLifetime
{
    private const string Token = "gpt_token_of_acme";
    private const string Key = "gpi_key_of_acme";

    private const string Source = """
        export const functions = {
          double: async (payload, meta) => ({ twice: payload.n * 2, tenant: meta.tenant.name }),
          nothing: () => {},
          fail: () => { throw new RangeError('no such thing') },
          slow: () => new Promise((resolve) => setTimeout(resolve, 20_000)),
          leave: () => Function("return import('node:process')")().then((process) => process.exit(3)),
          large: () => 'x'.repeat(5 * 1024 * 1024),
        }
        """;

    private readonly TestFleet _fleet = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(3) };
    private TestServer _server = null!; // by InitializeAsync
    private bool _isControl;

    public async Task InitializeAsync()
    {
        await _fleet.StartAsync();
        await _fleet.UpdateAsync(static state => state.With(new KeyRecord { Id = "k", Kind = KeyKind.Ingest, Tenant = 1, Name = "web", Hash = KeyHash.Of(Key) }));
        await _fleet.InstallAsync(1, Source);
        await Serve(TimeSpan.FromSeconds(120));
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        await _fleet.DisposeAsync();
    }

    [Theory]
    [InlineData("1/double", """{"n":21}""", """{"twice":42,"tenant":"acme"}""")]
    [InlineData("p1/double", """{"n":21}""", """{"twice":42,"tenant":"acme"}""")]
    [InlineData("p1/nothing", "", "null")]
    public async Task PLG41_Function_AnswersWithItsResult(string path, string payload, string expected)
    {
        using var answer = await CallAsync(path, payload);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task PLG41_WhatIsNotThere_AnswersAlike()
    {
        await _fleet.InstallAsync(2, Source, enabled: false);
        await _fleet.InstallAsync(4, Source + "\nexport const setupPlugin = () => { throw new Error('wrong configuration') }");
        await _fleet.UntilAsync(4, InstallState.Failed);

        string[] answers = [await BodyAsync("p1/other", 404), await BodyAsync("p1/toString", 404), await BodyAsync("p2/double", 404), await BodyAsync("p3/double", 404), await BodyAsync("p4/double", 404), await BodyAsync("p1", 404)];

        Assert.Single(answers.Distinct(StringComparer.Ordinal));
        Assert.Equal("not_found", (string?)JsonNode.Parse(answers[0])!["error"]!["code"]);
    }

    [Theory]
    [InlineData("/v1/%66unctions/p1/double")]
    [InlineData("/v1/x/../functions/p1/double")]
    public async Task PLG41_PathThatIsWrittenInAnotherWay_IsNone(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Url.ToString().TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);

        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task PLG41_WhatThePluginThrows_IsToldWithItsPlaceToTokensOnly()
    {
        await PublicAsync();

        var told = JsonNode.Parse(await BodyAsync("p1/fail", 422))!;
        var little = JsonNode.Parse(await BodyAsync("p1/fail", 422, key: Key))!;

        Assert.Equal("plugin_error", (string?)told["error"]!["code"]);
        Assert.Equal("RangeError: no such thing", (string?)told["error"]!["message"]);
        Assert.Contains("index.js:4", (string?)told["error"]!["details"]!["stack"], StringComparison.Ordinal);
        Assert.Equal("RangeError: no such thing", (string?)little["error"]!["message"]);
        Assert.Null(little["error"]!["details"]!["stack"]);
    }

    [Fact]
    public async Task PLG41_IngestKey_OpensOnlyWhatIsPublic()
    {
        Assert.Contains("\"not_covered\"", await BodyAsync("p1/double", 403, """{"n":1}""", Key), StringComparison.Ordinal);
        Assert.Contains("\"not_covered\"", await BodyAsync("p9/double", 403, """{"n":1}""", Key), StringComparison.Ordinal);

        await PublicAsync();

        Assert.Contains("\"twice\":2", await BodyAsync("p1/double", 200, """{"n":1}""", Key), StringComparison.Ordinal);
        Assert.Contains("\"missing_key\"", await BodyAsync("p1/double", 401, "{}", key: ""), StringComparison.Ordinal);
        Assert.Contains("\"invalid_key\"", await BodyAsync("p1/double", 401, "{}", key: "gpt_guessed"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", 400, "invalid_json")]
    [InlineData(null, 413, "body_too_large")]
    public async Task PLG41_PayloadThatIsNone_IsRefused(string? payload, int status, string code) =>
        Assert.Contains($"\"{code}\"", await BodyAsync("p1/double", status, payload ?? $"\"{new string('x', 4 * 1024 * 1024)}\""), StringComparison.Ordinal);

    [Fact]
    public async Task PLG41_PayloadThatIsNone_IsToldWithItsPlaceInAllOfIt()
    {
        var told = await BodyAsync("p1/double", 400, "{\n\"n\":x}");

        Assert.Contains("not valid JSON: line 2, byte 5", told, StringComparison.Ordinal);
        Assert.Contains("\"offset\":6", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG41_ResultThatIsTooLarge_IsThePluginsError() =>
        Assert.Contains("4 MiB are allowed", await BodyAsync("p1/large", 422), StringComparison.Ordinal);

    [Fact]
    public async Task PLG41_FunctionThatTakesTooLong_IsNotWaitedFor()
    {
        await BodyAsync("p1/nothing", 200);
        await _server.DisposeAsync();
        await Serve(TimeSpan.FromMilliseconds(100));

        Assert.Contains("\"timeout\"", await BodyAsync("p1/slow", 504), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG41_ProcessThatEndsOverAFunction_Is503AndTheNextOneServes()
    {
        using var answer = await CallAsync("p1/leave");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(1, answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.Contains("\"twice\":2", await BodyAsync("p1/double", 200, """{"n":1}"""), StringComparison.Ordinal);
        // Whoever does so again and again is switched off.
        await BodyAsync("p1/leave", 503);
        await BodyAsync("p1/leave", 503);
        await _fleet.UntilAsync(1, InstallState.Tripped);
        await BodyAsync("p1/double", 404, """{"n":1}""");
    }

    [Fact]
    public async Task PLG41_OnTheControlPort_ErrorsAreProblemDocuments()
    {
        _isControl = true;

        var problem = JsonNode.Parse(await BodyAsync("p1/fail", 422))!;

        Assert.Equal("urn:gripproxy:plugin_error", (string?)problem["type"]);
        Assert.Contains("index.js:4", (string?)problem["details"]!["stack"], StringComparison.Ordinal);
        Assert.Contains("\"twice\":2", await BodyAsync("p1/double", 200, """{"n":1}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG41_Operator_SaysWhichTenant()
    {
        Assert.Contains("?tenant=NAME", await BodyAsync("p1/double", 400, "{}", key: "operator"), StringComparison.Ordinal);
        Assert.Contains("\"twice\":2", await BodyAsync("p1/double?tenant=acme", 200, """{"n":1}""", key: "operator"), StringComparison.Ordinal);
        Assert.Contains("\"not_found\"", await BodyAsync("p1/double?tenant=other", 404, "{}", key: "operator"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG41_Function_GoesBeforeTheRestOfABatch()
    {
        await _fleet.InstallAsync(2, """
            let seen = 0
            export async function processEvent(event, { grip }) {
              if (++seen === 1) await grip.publish('begun', '1')
              for (const end = Date.now() + 40; Date.now() < end;);
              return event
            }
            export const functions = { seen: () => seen }
            """);
        await _fleet.UntilAsync(2, InstallState.Enabled);
        await BodyAsync("p2/seen", 200);

        await _fleet.SendAsync([.. Enumerable.Range(0, 20).Select(number => ("anna", number))]);
        await _fleet.PublishedAsync("acme.begun", 1);
        var seen = int.Parse(await BodyAsync("p2/seen", 200));

        Assert.InRange(seen, 1, 19);
        Assert.Equal(20, (await _fleet.PublishedAsync("acme.events.e", 20)).Count);
    }

    private async Task Serve(TimeSpan limit)
    {
        var door = new FunctionDoor(_fleet.Fleet.Directory, static key => key switch
        {
            Token => new AdminCaller("acme's", 1),
            "operator" => new AdminCaller("operator", null),
            _ => null,
        }, _fleet.Fleet.WorkOf, limit);
        _server = await TestServer.StartAsync(context => _isControl ? door.HandleControlAsync(context) : door.HandleIngestAsync(context));
    }

    private Task PublicAsync() => _fleet.UpdateAsync(static state => state.With(state.FindInstall(1, 1)! with { Settings = new JsonObject { ["functions_public"] = true } }));

    private async Task<HttpResponseMessage> CallAsync(string path, string payload = "", string key = Token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Url, $"/v1/functions/{path}")) { Content = new StringContent(payload, Encoding.UTF8, "application/json") };
        if (key.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await _http.SendAsync(request);
    }

    private async Task<string> BodyAsync(string path, int status, string payload = "", string key = Token)
    {
        using var answer = await CallAsync(path, payload, key);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} {body}");
        return body;
    }
}
