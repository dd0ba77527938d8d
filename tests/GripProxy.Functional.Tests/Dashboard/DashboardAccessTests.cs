using System.Net;
using System.Net.Http.Headers;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Dashboard;

/// <summary>Who gets something of the dashboard, and what its answers say to browsers (own-config.md, [dashboard]).</summary>
public sealed class DashboardAccessTests(ProxyWithDashboard world) : IClassFixture<ProxyWithDashboard>
{
    [Theory]
    [InlineData("GET", "/api/session", null, 401, "missing_credentials")]
    [InlineData("GET", "/api/v1/connections", null, 401, "missing_credentials")]
    [InlineData("POST", "/api/v1/connections/close", null, 401, "missing_credentials")]
    [InlineData("POST", "/api/ticket", "wrong", 401, "invalid_token")]
    [InlineData("GET", "/api/session", ProxyWithDashboard.LimitedToken, 403, "not_covered")]
    [InlineData("GET", "/api/elsewhere", ProxyWithDashboard.Token, 404, "not_found")]
    [InlineData("POST", "/api/session", ProxyWithDashboard.Token, 405, "method_not_allowed")]
    public async Task Request_ThatMayNot_IsRefused(string method, string path, string? token, int status, string code)
    {
        using HttpResponseMessage answer = await SendAsync(method, path, token, ("X-GripProxy-Dashboard", "1"));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains($"\"code\":\"{code}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("Basic", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("X-Nothing", "an action without our header")]
    public async Task Action_OfAnotherSite_IsRefused(string header, string value)
    {
        (string, string)[] headers = header == "X-Nothing" ? [(header, value)] : [(header, value), ("X-GripProxy-Dashboard", "1")];

        using HttpResponseMessage answer = await SendAsync("POST", "/api/v1/reload", ProxyWithDashboard.Token, headers);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("\"code\":\"cross_site\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/live/negotiate?negotiateVersion=1", "nothing-that-we-gave")]
    [InlineData("/live/negotiate?negotiateVersion=1", ProxyWithDashboard.Token)]
    public async Task Hub_WithoutATicket_RefusesToTalk(string path, string token)
    {
        using HttpResponseMessage answer = await SendAsync("POST", path, token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/app.js", "text/javascript")]
    [InlineData("/app.css", "text/css")]
    public async Task File_OfThePage_AllowsNothingFromElsewhere(string path, string type)
    {
        using HttpResponseMessage answer = await SendAsync("GET", path, token: null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<style", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ControlPath_BelowTheDashboard_AnswersAsOnTheControlPort()
    {
        using HttpResponseMessage answer = await SendAsync("GET", "/api/v1/channels?limit=1", ProxyWithDashboard.Token);
        using HttpResponseMessage control = await world.Proxy.Control.SendAsync(HttpMethod.Get, "/v1/channels?limit=1", content: null, ProxyWithDashboard.Credentials);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(await control.Content.ReadAsStringAsync(), await answer.Content.ReadAsStringAsync());
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? token, params (string Name, string Value)[] headers)
    {
        using HttpClient http = new() { BaseAddress = new Uri(world.Address) };
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await http.SendAsync(request);
    }
}
