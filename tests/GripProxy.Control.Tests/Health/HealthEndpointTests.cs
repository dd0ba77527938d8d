using GripProxy.Control.Health;
using GripProxy.Control.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Control.Tests.Health;

public sealed class HealthEndpointTests
{
    private const string Keys = "[bearer:a]\ntoken=secret\n";

    [Fact]
    public async Task Healthz_WithKeysAndStrangeAccept_NeedsNeither()
    {
        await using var server = await ControlPort.StartAsync(Keys);
        var answer = await server.RequestAsync("GET", "/healthz", "Accept: text/html");
        Assert.Equal((200, "application/json", "{\"status\":\"ok\"}"), (answer.Status, answer.Header("Content-Type"), answer.Body));
    }

    [Fact]
    public async Task Readyz_Starting_Is503WithReason()
    {
        await using var server = await ControlPort.StartAsync(Keys);
        var answer = await server.RequestAsync("GET", "/readyz/");
        Assert.Equal((503, "{\"ready\":false,\"reasons\":[\"starting\"]}"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Readyz_ReasonCleared_Is200()
    {
        await using var server = await ControlPort.StartAsync();
        server.Services.GetRequiredService<Readiness>().Clear(ReadinessReason.Starting);
        var answer = await server.RequestAsync("GET", "/readyz");
        Assert.Equal((200, "{\"ready\":true}"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Readyz_ReasonIgnored_Is200()
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.RequestAsync("GET", "/readyz?x&ignore=backplane,%20starting");
        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Healthz_Head_HasLengthAndNoBody()
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.RequestAsync("HEAD", "/healthz");
        Assert.Equal((200, "15"), (answer.Status, answer.Header("Content-Length")));
    }

    [Fact]
    public async Task Healthz_Post_Is405AsProblem()
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.PostAsync("/healthz", "");
        Assert.Equal((405, "GET, HEAD", "application/problem+json"), (answer.Status, answer.Header("Allow"), answer.Header("Content-Type")));
    }

    [Fact]
    public async Task HandleHealth_OtherPath_Is404()
    {
        await using var server = await ControlPort.StartHealthAsync();
        Assert.Equal(404, (await server.PostAsync("/publish", "{\"items\":[]}")).Status);
        Assert.Equal(200, (await server.RequestAsync("GET", "/healthz")).Status);
    }
}
