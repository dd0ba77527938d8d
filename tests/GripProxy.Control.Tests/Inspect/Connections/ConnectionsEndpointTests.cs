using GripProxy.Channels.Connections;
using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Inspect.Connections;

public sealed class ConnectionsEndpointTests : IAsyncLifetime
{
    private ControlPort _server = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _server = await ControlPort.StartAsync("[cluster]\nnode=n\n");
        _server.Held.Add("1", HeldTransport.Stream, ["a", "b"], ("user", "al"), "r");
        _server.Held.Add("2", HeldTransport.Response, ["a"], ("user", "bo"));
        _server.Held.Add("3", HeldTransport.WebSocketOverHttp, []);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Get_One_HasAllThatIsKnown() => Assert.Equal(
        """{"id":"1","node":"n","transport":"stream","route":"r","peer":"127.0.0.1","channels":["a","b"],"meta":{"user":"al"},"age":1.5,"queued_bytes":1,"delivered":2,"dropped":3}""",
        (await _server.GetAsync("/v1/connections/1")).ToJsonString());

    [Theory]
    [InlineData("", "1 2 3")]
    [InlineData("channel=a", "1 2")]
    [InlineData("channel=nobody", "")]
    [InlineData("transport=woh", "3")]
    [InlineData("transport=response&channel=b", "")]
    [InlineData("route=r", "1")]
    [InlineData("meta=user:bo", "2")]
    [InlineData("meta=user:bo&meta=x:y", "")]
    [InlineData("limit=1&after=1", "2")]
    [InlineData("whatever=x", "1 2 3")]
    public async Task Get_List_HasWhatFits(string query, string ids)
    {
        var list = await _server.GetAsync("/v1/connections?" + query);
        Assert.Equal(ids, string.Join(' ', list["items"]!.AsArray().Select(item => item!["id"])));
    }

    [Theory]
    [InlineData("?transport=http", 400, "invalid_parameter")]
    [InlineData("?meta=user", 400, "invalid_parameter")]
    [InlineData("/nobody", 404, "not_found")]
    [InlineData("/1/2", 404, "not_found")]
    public async Task Get_Wrong_IsAProblem(string path, int status, string code) =>
        Assert.Equal(code, (await _server.GetAsync("/v1/connections" + path, status))["code"]!.ToString());

    [Theory]
    [InlineData("/v1/connections")]
    [InlineData("/v1/connections/1")]
    [InlineData("/v1/nodes")]
    public async Task Get_CredentialWithLimits_IsNotCovered(string path)
    {
        await using var server = await ControlPort.StartAsync("[bearer:x]\ntoken=t\nchannels=a*\n");
        Assert.Equal("not_covered", (await server.GetAsync(path, 403, "Authorization: Bearer t"))["code"]!.ToString());
    }
}
