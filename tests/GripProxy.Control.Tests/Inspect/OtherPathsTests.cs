using GripProxy.Control.Inspect;
using GripProxy.Control.Tests.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Control.Tests.Inspect;

/// <summary>Paths of another part go by its credentials, the control port's own by theirs (plugins-http.md §1).</summary>
public sealed class OtherPathsTests
{
    private const string Keys = "[bearer:ops]\ntoken=control-port-token-of-this-test\n";
    private const string Control = "Authorization: Bearer control-port-token-of-this-test";
    private const string Other = "Authorization: Bearer token-of-the-other-part";

    [Fact]
    public async Task Path_OfTheOtherPart_IsItsOwnAffair()
    {
        await using var port = await StartAsync();

        var answer = await port.RequestAsync("PUT", "/v1/tenants/x", Other);
        Assert.Equal((207, "PUT Bearer token-of-the-other-part"), (answer.Status, answer.Body));
        Assert.Equal(207, (await port.RequestAsync("GET", "/v1/tenants/x")).Status);
        Assert.Equal(207, (await port.RequestAsync("GET", "/v1/tenants/x", Control)).Status);
    }

    [Fact]
    public async Task Token_OfTheOtherPart_OpensTheListOfNodesAndNothingElse()
    {
        await using var port = await StartAsync();

        Assert.NotNull((await port.GetAsync("/v1/nodes", 200, Other))["items"]);
        Assert.NotNull((await port.GetAsync("/v1/nodes", 200, Control))["items"]);
        foreach (var path in new[] { "/v1/channels", "/v1/connections", "/v1/presence", "/v1/nodes/x" })
            Assert.Equal("invalid_token", (string?)(await port.GetAsync(path, 401, Other))["code"]);
        Assert.Equal(401, (await port.PostAsync("/publish/", "{}", Other)).Status);
    }

    [Fact]
    public async Task Index_NamesThePathsOfBothParts()
    {
        await using var port = await StartAsync();

        var paths = (await port.GetAsync("/v1/", 200, Control))["paths"]!.AsArray().Select(static path => (string?)path).ToList();

        Assert.Equal(["/v1/channels", "/v1/tenants"], paths.Where(static path => path is "/v1/channels" or "/v1/tenants"));
        Assert.Equal(paths.Order(StringComparer.Ordinal), paths);
        Assert.Equal("invalid_token", (string?)(await port.GetAsync("/v1/", 401, Other))["code"]);
        Assert.Equal("nothing is at this path; /v1/ tells what there is", (string?)(await port.GetAsync("/v1/nothing", 404, Control))["detail"]);
    }

    private static async Task<ControlPort> StartAsync()
    {
        var port = await ControlPort.StartAsync(Keys);
        var others = port.Services.GetRequiredService<OtherPaths>();
        others.Serves = path => path.StartsWith("/v1/tenants", StringComparison.Ordinal);
        others.Names = static () => ["tenants"];
        others.IsOperator = request => request.Headers.Authorization == "Bearer token-of-the-other-part";
        others.Answer = async context =>
        {
            var text = $"{context.Request.Method} {context.Request.Headers.Authorization}";
            context.Response.StatusCode = 207;
            context.Response.ContentLength = text.Length;
            await context.Response.WriteAsync(text);
        };
        return port;
    }
}
