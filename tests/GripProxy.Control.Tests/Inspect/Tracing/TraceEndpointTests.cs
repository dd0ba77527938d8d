using System.Text.Json;
using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Inspect.Tracing;

public sealed class TraceEndpointTests
{
    private const string Item = """{"items":[{"channel":"a/b","id":"7/8","formats":{"http-stream":{"content":"secret"}}}]}""";

    [Fact]
    public async Task Get_KeptMessage_HasItsStepsAndNoContent()
    {
        await using var server = await ControlPort.StartAsync("[control]\ntrace_items=5\n");
        await server.PostAsync("/publish/", Item);

        var answer = await server.RequestAsync("GET", "/v1/trace/a%2Fb/7%2F8");

        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("Content-Type")));
        using var json = JsonDocument.Parse(answer.Body);
        Assert.Equal(("a/b", "7/8"), (json.RootElement.GetProperty("channel").GetString(), json.RootElement.GetProperty("id").GetString()));
        var steps = json.RootElement.GetProperty("steps").EnumerateArray().ToArray();
        Assert.Matches("""^\{"at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","step":"received","door":"http","size":6\}$""", steps[0].GetRawText());
        Assert.Equal(("matched", 0), (steps[1].GetProperty("step").GetString(), steps[1].GetProperty("count").GetInt32()));
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_IdPublishedTwice_HasBothTheNewestFirst()
    {
        await using var server = await ControlPort.StartAsync("[control]\ntrace_items=5\n[handler]\nid_cache_ttl=60\n");
        await server.PostAsync("/publish/", Item);
        await server.PostAsync("/publish/", Item);

        using var json = JsonDocument.Parse((await server.RequestAsync("GET", "/v1/trace/a%2Fb/7%2F8")).Body);

        Assert.Equal(
            ["duplicate", "matched"],
            json.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("steps")[1].GetProperty("step").GetString()));
    }

    [Theory]
    [InlineData("", "/v1/trace/a/1", "trace_off")]
    [InlineData("[control]\ntrace_items=5\n", "/v1/trace/a/1", "not_found")]
    [InlineData("[control]\ntrace_items=5\n", "/v1/trace/a", "not_found")]
    [InlineData("[control]\ntrace_items=5\n", "/v1/trace/a/1/2", "not_found")]
    public async Task Get_NothingThere_Is404(string config, string path, string code)
    {
        await using var server = await ControlPort.StartAsync(config);
        var answer = await server.RequestAsync("GET", path);
        Assert.Equal((404, "application/problem+json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Contains($"\"code\":\"{code}\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_IsNotAllowed()
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.PostAsync("/v1/trace/a/1", "{}");
        Assert.Equal((405, "GET, HEAD", "application/problem+json"), (answer.Status, answer.Header("Allow"), answer.Header("Content-Type")));
    }

    [Fact]
    public async Task Watch_Pattern_TellsTheStepsOfItsChannelsAlthoughNothingIsKept()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.WatchAsync("/v1/trace?channel=a*");
        await server.PostAsync("/publish/", Item.Replace("a/b", "other", StringComparison.Ordinal));
        await server.PostAsync("/publish/", Item);
        Assert.Matches("""^event: received\|data: \{"channel":"a/b","id":"7/8","at":"[^"]+","step":"received","door":"http","size":6\}$""", await client.NextAsync());
        Assert.Matches("""^event: matched\|data: \{"channel":"a/b","id":"7/8","at":"[^"]+","step":"matched","count":0\}$""", await client.NextAsync());
    }

    [Theory]
    [InlineData("/v1/trace/a/1", 404)]
    [InlineData("/v1/trace/b/1", 403)]
    [InlineData("/v1/trace", 403)]
    public async Task Get_CredentialWithLimits_SeesItsChannelsOnly(string path, int status)
    {
        await using var server = await ControlPort.StartAsync("[bearer:x]\ntoken=t\nchannels=a*\n");
        Assert.Equal(status, (await server.RequestAsync("GET", path, "Authorization: Bearer t")).Status);
        Assert.Equal(401, (await server.RequestAsync("GET", path)).Status);
    }
}
