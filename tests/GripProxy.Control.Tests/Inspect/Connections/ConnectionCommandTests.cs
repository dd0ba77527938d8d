using GripProxy.Channels.Connections;
using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Inspect.Connections;

/// <summary>Close, refresh and conncheck (CTL-05).</summary>
public sealed class ConnectionCommandTests : IAsyncLifetime
{
    private ControlPort _server = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _server = await ControlPort.StartAsync();
        _server.Held.Add("1", HeldTransport.Stream, ["a"], ("user", "al"));
        _server.Held.Add("2", HeldTransport.WebSocketOverHttp, ["a"], ("user", "al"));
        _server.Held.Add("3", HeldTransport.WebSocket, ["b"], ("user", "bo"));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("""{"channel":"a"}""", "close 1 1000 |close 2 1000 ")]
    [InlineData("""{"connection":"3","code":4001,"reason":"bye"}""", "close 3 4001 bye")]
    [InlineData("""{"meta":{"user":"al"}}""", "close 1 1000 |close 2 1000 ")]
    [InlineData("""{"meta":{"user":"al","x":"y"}}""", "")]
    [InlineData("""{"channel":"nobody"}""", "")]
    [InlineData("""{"connection":"nobody"}""", "")]
    public async Task Close_Selected_AreClosedAndCounted(string body, string expected)
    {
        var answer = await _server.CommandAsync("/v1/close", body);
        Assert.Equal(expected, string.Join('|', _server.Held.Done.Order(StringComparer.Ordinal)));
        Assert.Equal(_server.Held.Done.Count, answer["closed"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("""{"channel":"a"}""", 1)]
    [InlineData("""{"connection":"2"}""", 1)]
    [InlineData("""{"connection":"1"}""", 0)]
    [InlineData("""{"meta":{"user":"bo"}}""", 0)]
    public async Task Refresh_Selected_CountsThoseThatHaveAnOriginOverHttp(string body, int count) =>
        Assert.Equal(count, (await _server.CommandAsync("/v1/refresh", body))["refreshed"]!.GetValue<int>());

    [Fact]
    public async Task Conncheck_SomeIds_TellsThoseThatAreHeld() =>
        Assert.Equal("""{"alive":["3","1"]}""", (await _server.CommandAsync("/v1/conncheck", """{"ids":["3","x","1"]}""")).ToJsonString());

    [Theory]
    [InlineData("close", "")]
    [InlineData("close", "x")]
    [InlineData("close", "[]")]
    [InlineData("close", "{}")]
    [InlineData("close", """{"channel":"a","connection":"1"}""")]
    [InlineData("close", """{"channel":5}""")]
    [InlineData("close", """{"meta":{}}""")]
    [InlineData("close", """{"meta":{"user":1}}""")]
    [InlineData("close", """{"channel":"a","what":1}""")]
    [InlineData("close", """{"channel":"a","code":1005}""")]
    [InlineData("close", """{"channel":"a","code":"1000"}""")]
    [InlineData("close", """{"channel":"\ud800"}""")]
    [InlineData("refresh", """{"channel":"a","code":1000}""")]
    [InlineData("conncheck", """{"ids":"1"}""")]
    [InlineData("conncheck", """{"ids":[1]}""")]
    [InlineData("conncheck", "{}")]
    public async Task Command_WrongBody_IsRefusedAndDoesNothing(string command, string body)
    {
        Assert.Equal("invalid_parameter", (await _server.CommandAsync($"/v1/{command}", body, 400))["code"]!.ToString());
        Assert.Empty(_server.Held.Done);
    }

    [Fact]
    public async Task Close_ReasonTooLong_IsRefused() =>
        await _server.CommandAsync("/v1/close", $$"""{"channel":"a","reason":"{{new string('é', 62)}}"}""", 400);

    [Fact]
    public async Task Close_BodyTooLong_IsRefusedAndEndsTheConnection()
    {
        await using var server = await ControlPort.StartAsync("[handler]\npush_in_http_max_body_size=20\n");
        var answer = await server.PostAsync("/v1/close", """{"channel":"a-very-long-name"}""");
        Assert.Equal((400, "close"), (answer.Status, answer.Header("Connection")));
    }

    [Fact]
    public async Task Close_WithoutABody_IsRefusedAsJsonToo()
    {
        var answer = await _server.RequestAsync("POST", "/v1/close");
        Assert.Equal((400, "application/problem+json"), (answer.Status, answer.Header("Content-Type")));
    }

    [Fact]
    public async Task Get_ACommand_IsNotAllowed()
    {
        var answer = await _server.RequestAsync("GET", "/v1/close");
        Assert.Equal((405, "POST"), (answer.Status, answer.Header("Allow")));
    }

    [Theory]
    [InlineData("close", """{"channel":"a"}""", 200)]
    [InlineData("close", """{"channel":"b"}""", 403)]
    [InlineData("close", """{"connection":"1"}""", 403)]
    [InlineData("refresh", """{"meta":{"user":"al"}}""", 403)]
    [InlineData("refresh", """{"channel":"a"}""", 200)]
    [InlineData("conncheck", """{"ids":[]}""", 403)]
    public async Task Command_CredentialWithLimits_ReachesItsChannelsOnly(string command, string body, int status)
    {
        await using var server = await ControlPort.StartAsync("[bearer:x]\ntoken=t\nchannels=a*\n");
        await server.CommandAsync($"/v1/{command}", body, status, "Authorization: Bearer t");
    }
}
