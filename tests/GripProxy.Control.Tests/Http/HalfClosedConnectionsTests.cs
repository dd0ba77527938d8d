using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Http;

public sealed class HalfClosedConnectionsTests
{
    private const string Item = """{"items":[{"channel":"news","formats":{"http-stream":{"content":"x"}}}]}""";

    [Fact]
    public async Task Serve_ClientEndsSending_IsAnswered()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync("POST", "/publish", Item);
        client.EndSending();

        Assert.Equal(200, (await client.ReadAsync()).Status);
        await client.ExpectCloseAsync();
    }

    [Fact]
    public async Task Serve_ClientClosesAfterTheBody_IsPublished()
    {
        await using var server = await ControlPort.StartAsync();
        await using (var client = await server.ConnectAsync())
            await client.SendAsync("POST", "/publish", Item);

        await server.FirstPublished;

        Assert.Equal(["news"], server.Published);
    }

    [Fact]
    public async Task Serve_IdleClientEndsSending_ConnectionEnds()
    {
        await using var server = await ControlPort.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync("POST", "/publish", Item);
        await client.ReadAsync();

        client.EndSending();

        await client.ExpectCloseAsync();
    }
}
