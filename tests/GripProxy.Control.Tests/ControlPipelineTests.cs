using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests;

public sealed class ControlPipelineTests
{
    [Theory]
    [InlineData("GET", "/")]
    [InlineData("DELETE", "/?x")]
    [InlineData("GET", "/realm/a/")]
    public async Task Handle_Root_NamesTheApi(string method, string path)
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.RequestAsync(method, path, "Accept: application/json");
        Assert.Equal((200, "text/plain", "Pushpin API\n"), (answer.Status, answer.Header("Content-Type"), answer.Body));
    }

    [Fact]
    public async Task Handle_Head_HasLengthAndNoBody()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendRawAsync("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Equal("12", (await client.ReadAsync(isHead: true)).Header("Content-Length"));
        await client.ExpectCloseAsync();
    }

    [Theory]
    [InlineData("/nope")]
    [InlineData("/publish//")]
    [InlineData("/publish/x")]
    [InlineData("//")]
    [InlineData("/Publish")]
    [InlineData("/realm//publish")]
    public async Task Handle_UnknownPath_Is404(string path)
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.PostAsync(path, "{\"items\":[]}");
        Assert.Equal(("HTTP/1.1 404 Not Found", "text/plain", "Not Found\n"), (answer.StatusLine, answer.Header("Content-Type"), answer.Body));
    }

    [Fact]
    public async Task Handle_UnknownOwnPath_Is404AsProblem()
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.RequestAsync("GET", "/v1/nope", "Accept: text/html");
        Assert.Equal((404, "application/problem+json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Contains("\"code\":\"not_found\"", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/publish")]
    [InlineData("DELETE", "/recover/")]
    [InlineData("OPTIONS", "/publish/")]
    public async Task Handle_OtherMethod_Is405(string method, string path)
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.RequestAsync(method, path);
        Assert.Equal((405, "POST", $"Method not allowed: {method}.\n"), (answer.Status, answer.Header("Allow"), answer.Body));
    }

    [Theory]
    [InlineData("POST", "/publish")]
    [InlineData("PUT", "/publish")]
    [InlineData("PATCH", "/nope")]
    public async Task Handle_NeitherLengthNorChunks_Is411(string method, string path)
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.RequestAsync(method, path, "Accept: text/html");
        Assert.Equal(("HTTP/1.1 411 Length Required", "Request requires Content-Length.\n"), (answer.StatusLine, answer.Body));
    }

    [Theory]
    [InlineData("/publish/")]
    [InlineData("/nope")]
    public async Task Handle_LengthAboveLimit_IsRefusedBeforeTheBody(string path)
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.RequestAsync("POST", path, "Content-Length: 1000001");
        Assert.Equal((400, "text/plain", "Request body too large.\n"), (answer.Status, answer.Header("Content-Type"), answer.Body));
    }

    [Fact]
    public async Task Handle_LengthAboveLimitWithExpect_DoesNotAskForTheBody()
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.RequestAsync("POST", "/publish", "Content-Length: 1000001", "Expect: 100-continue");
        Assert.Equal(400, answer.Status);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/publish")]
    [InlineData("GET", "/nope")]
    public async Task Handle_NothingAcceptable_Is406(string method, string path)
    {
        await using var server = await ControlPort.StartAsync();
        var answer = await server.RequestAsync(method, path, "Accept: text/html");
        Assert.Equal((406, "text/plain"), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal("Not Acceptable. Supported formats are text/plain and application/json.\n", answer.Body);
    }

    [Fact]
    public async Task Handle_ErrorAnswer_KeepsTheConnection()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync("POST", "/nope", "{}");
        Assert.Equal(404, (await client.ReadAsync()).Status);
        await client.SendAsync("POST", "/publish", "{\"items\":[]}");

        Assert.Equal(200, (await client.ReadAsync()).Status);
    }
}
