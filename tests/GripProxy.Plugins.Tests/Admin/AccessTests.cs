using System.Net;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Admin;

/// <summary>Who may do what (plugins-http.md §2, §4).</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private TestAdmin _admin = null!; // by InitializeAsync

    public async Task InitializeAsync() => _admin = await TestAdmin.StartAsync();

    public async Task DisposeAsync() => await _admin.DisposeAsync();

    [Theory]
    [InlineData(null, 401, "missing_credentials")]
    [InlineData("gpo_operator_token_of_these_tests_", 401, "invalid_token")]
    [InlineData("gpo_operator_token_of_these_test", 401, "invalid_token")]
    [InlineData("", 401, "missing_credentials")]
    public async Task Plg14_Token_ThatIsNone_OpensNothing(string? token, int status, string code)
    {
        Assert.Equal(code, await _admin.RefusedAsync(status, "GET", "/v1/tenants", token: token));
        using var answer = await _admin.SendAsync("GET", "/v1/tenants", token: token);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Plg40_TenantToken_OpensItsTenantAndNothingElse()
    {
        Assert.Equal("acme", (string?)(await _admin.OkAsync("GET", "/v1/tenants", token: TestAdmin.Acme))["items"]![0]!["name"]);
        Assert.Single((await _admin.OkAsync("GET", "/v1/queue", token: TestAdmin.Acme))["items"]!.AsArray());
        await _admin.OkAsync("GET", "/v1/tenants/acme/plugins", token: TestAdmin.Acme);
        foreach (var (method, path) in new[]
        {
            ("GET", "/v1/tenants/default"), ("GET", "/v1/tenants/default/plugins"), ("GET", "/v1/tenants/nobody/plugins"), ("POST", "/v1/tenants/default/packages"), ("GET", "/v1/tenants/default/dlq"),
            ("POST", "/v1/tenants"), ("DELETE", "/v1/tenants/acme"), ("PATCH", "/v1/tenants/acme"), ("GET", "/v1/audit"), ("GET", "/v1/state"),
            ("POST", "/v1/tenants/acme/packages/x/approve"),
        })
        {
            Assert.Equal("not_covered", await _admin.RefusedAsync(403, method, path, "{}", TestAdmin.Acme));
        }

        Assert.Equal("not_covered", await _admin.RefusedAsync(403, "POST", "/v1/tenants/acme/packages", """{"path":"x"}""", TestAdmin.Acme));
        Assert.Equal("not_covered", await _admin.RefusedAsync(403, "POST", "/v1/tenants/acme/packages", """{"url":"https://example.com/x.zip"}""", TestAdmin.Acme));
    }

    [Fact]
    public async Task Path_ThatIsNot_Is404AndAnotherMethod405WithAllow()
    {
        Assert.Equal("not_found", await _admin.RefusedAsync(404, "GET", "/v1/tenants/default/nothing"));
        Assert.Equal("not_found", await _admin.RefusedAsync(404, "GET", "/v1/tenants/nobody"));
        Assert.Equal("not_found", await _admin.RefusedAsync(404, "GET", "/v1/tenants/default/plugins/7"));
        using var answer = await _admin.SendAsync("DELETE", "/v1/tenants");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal("GET, POST", string.Join(", ", answer.Content.Headers.Allow));
        using var head = await _admin.SendAsync("HEAD", "/v1/tenants");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    [Theory]
    [InlineData("{", "invalid_json")]
    [InlineData("[]", "invalid_parameter")]
    [InlineData("""{"name":"a","name":"b"}""", "invalid_json")]
    [InlineData("""{"nam":"a"}""", "invalid_parameter")]
    [InlineData("""{"name":7}""", "invalid_parameter")]
    [InlineData("""{"name":"a/b"}""", "invalid_parameter")]
    public async Task Body_ThatIsWrong_IsRefused(string body, string code) => Assert.Equal(code, await _admin.RefusedAsync(400, "POST", "/v1/tenants", body));

    [Fact]
    public async Task Keys_AreShownOnceAndWorkUntilTheyAreRevoked()
    {
        var made = await _admin.OkAsync("POST", "/v1/tenants/default/keys", """{"kind":"tenant","name":"ci"}""");
        var token = (string)made["value"]!;
        Assert.Matches("^gpt_[A-Za-z0-9_-]{43}$", token);
        await _admin.OkAsync("GET", "/v1/tenants/default", token: token);
        Assert.Equal("in_use", await _admin.RefusedAsync(409, "POST", "/v1/tenants/acme/keys", $$"""{"kind":"tenant","value":"{{token}}"}"""));

        var listed = (await _admin.OkAsync("GET", "/v1/tenants/default/keys"))["items"]![0]!;
        Assert.Equal(("ci", (string?)null), ((string?)listed["name"], (string?)listed["value"]));
        await _admin.OkAsync("DELETE", $"/v1/tenants/default/keys/{listed["id"]}");
        Assert.Equal("invalid_token", await _admin.RefusedAsync(401, "GET", "/v1/tenants/default", token: token));
        var audit = (await _admin.OkAsync("GET", "/v1/audit"))["items"]!.AsArray();
        Assert.Equal(["key.revoke", "key.make"], audit.Select(line => (string?)line!["action"]));
        Assert.DoesNotContain(token, audit.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_ShowsATenantsTokenWithItsTenant_WhateverItIsCalled()
    {
        var token = (string)(await _admin.OkAsync("POST", "/v1/tenants/acme/keys", """{"kind":"tenant","name":"operator"}"""))["value"]!;
        await _admin.OkAsync("POST", "/v1/tenants/acme/keys", """{"kind":"ingest"}""", token);

        var audit = (await _admin.OkAsync("GET", "/v1/audit"))["items"]!.AsArray();
        Assert.Equal(["acme/operator", "operator"], audit.Select(line => (string?)line!["by"]));
    }

    [Fact]
    public void Plg14_OperatorToken_IsWrittenOnceAndOnlyItsOwnerReadsIt()
    {
        using var folder = new TempFolder();
        var hash = AdminTokens.OperatorHash("", folder.Path, out var written);
        var kept = AdminTokens.OperatorHash("", folder.Path, out var again);

        Assert.Equal(folder.File("operator.token"), written);
        Assert.Null(again);
        Assert.Equal(hash, kept);
        Assert.Equal(hash, KeyHash.Of(File.ReadAllText(written!).Trim()));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(written!));
        Assert.Equal(KeyHash.Of("configured-token-of-20-characters"), AdminTokens.OperatorHash("configured-token-of-20-characters", folder.Path, out _));
    }
}
