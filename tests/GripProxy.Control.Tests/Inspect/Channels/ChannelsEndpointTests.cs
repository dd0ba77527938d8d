using GripProxy.Channels.Connections;
using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Inspect.Channels;

public sealed class ChannelsEndpointTests : IAsyncLifetime
{
    private ControlPort _server = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _server = await ControlPort.StartAsync();
        _server.Held.Add("1", HeldTransport.Stream, ["b/x", "a", "c"]);
        _server.Held.Add("2", HeldTransport.Response, ["a"]);
        _server.Held.Add("3", HeldTransport.SockJs, ["a"]);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Get_All_AreSortedByName()
    {
        var list = await _server.GetAsync("/v1/channels/");
        Assert.Equal(["a", "b/x", "c"], list["items"]!.AsArray().Select(item => item!["channel"]!.ToString()));
        Assert.Null(list["next"]);
    }

    [Fact]
    public async Task Get_One_HasCountsAndLastId()
    {
        await _server.PostAsync("/publish/", """{"items":[{"channel":"a","id":"41","http-stream":{"content":"x"}}]}""");
        Assert.Equal(
            """{"channel":"a","subscribers":{"response":1,"stream":1,"ws":1,"signalr":0},"total":3,"last_id":"41","log":null}""",
            (await _server.GetAsync("/v1/channels/a")).ToJsonString());
    }

    [Fact]
    public async Task Get_NameWithSlash_IsOneSegment()
    {
        Assert.Equal("b/x", (await _server.GetAsync("/v1/channels/b%2Fx"))["channel"]!.ToString());
        Assert.Equal("not_found", (await _server.GetAsync("/v1/channels/b/x", 404))["code"]!.ToString());
    }

    [Fact]
    public async Task Get_Nobody_Is404() => Assert.Equal("not_found", (await _server.GetAsync("/v1/channels/nobody", 404))["code"]!.ToString());

    [Fact]
    public async Task Get_Prefix_LeavesOutOthers()
    {
        var list = await _server.GetAsync("/v1/channels?prefix=b%2F");
        Assert.Equal("b/x", Assert.Single(list["items"]!.AsArray())!["channel"]!.ToString());
    }

    [Fact]
    public async Task Get_PageByPage_HasEachOnce()
    {
        var names = new List<string>();
        string? after = null;
        do
        {
            var page = await _server.GetAsync($"/v1/channels?limit=2&after={after}");
            names.AddRange(page["items"]!.AsArray().Select(item => item!["channel"]!.ToString()));
            after = (string?)page["next"];
        }
        while (after is not null);
        Assert.Equal(["a", "b/x", "c"], names);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=x")]
    public async Task Get_WrongLimit_Is400(string query) =>
        Assert.Equal("invalid_parameter", (await _server.GetAsync($"/v1/channels?{query}", 400))["code"]!.ToString());

    [Fact]
    public async Task Get_MoreThanMayBe_AreCutAtAThousand()
    {
        for (var i = 0; i < 1100; i++)
            _server.Held.Add($"m{i}", HeldTransport.Stream, [$"many-{i}"]);
        var list = await _server.GetAsync("/v1/channels?prefix=many-&limit=5000");
        Assert.Equal(1000, list["items"]!.AsArray().Count);
        Assert.NotNull(list["next"]);
    }

    [Fact]
    public async Task Get_CredentialWithLimits_SeesItsChannelsOnly()
    {
        await using var server = await ControlPort.StartAsync("[bearer:x]\ntoken=t\nchannels=a*\n");
        server.Held.Add("1", HeldTransport.Stream, ["a", "b"]);
        var list = await server.GetAsync("/v1/channels", headers: "Authorization: Bearer t");
        Assert.Equal("a", Assert.Single(list["items"]!.AsArray())!["channel"]!.ToString());
        await server.GetAsync("/v1/channels/a", headers: "Authorization: Bearer t");
        Assert.Equal("not_covered", (await server.GetAsync("/v1/channels/b", 403, "Authorization: Bearer t"))["code"]!.ToString());
    }
}
