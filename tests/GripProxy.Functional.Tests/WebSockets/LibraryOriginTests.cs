using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>The GRIP libraries that origins use today, as they are, over WebSocket-over-HTTP, with JWT on and off.</summary>
public sealed class LibraryOriginTests
{
    private const string Key = "a text key that only the publisher has";

    [Theory]
    [InlineData("origin-websocket-express-grip.cjs", false)]
    [InlineData("origin-websocket-express-grip.cjs", true)]
    [InlineData("origin-websocket-fanout.mjs", false)]
    [InlineData("origin-websocket-fanout.mjs", true)]
    [InlineData("origin-websocket-serve-grip.mjs", false)]
    [InlineData("origin-websocket-serve-grip.mjs", true)]
    public async Task Origin_WithALibrary_TalksPublishesAndCloses(string script, bool withToken)
    {
        int port = FreePorts.Take();
        ProxySetup setup = new ProxySetup().Route($"* 127.0.0.1:{port},over_http");
        if (withToken)
        {
            setup.Set("issuer:realm", "key", Key).Set("proxy", "sig_key", Key);
        }

        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(setup);
        await using ChildProcess node = NodeScript.Start(script, proxy.Control, port, withToken ? Key : null);
        await node.Output.WaitForAsync(line => line == "listening");
        await using RawWebSocket client = await RawWebSocket.ConnectAsync(proxy.Client, "/ws");
        await using RawWebSocket other = await RawWebSocket.ConnectAsync(proxy.Client, "/ws");
        await proxy.SubscribedAsync("room", count: 2);

        // The second message needs what the origin stored with the first.
        await client.SendTextAsync("hello");
        Assert.Equal("1 hello", await client.ReadTextAsync());
        await client.SendTextAsync(new string('x', 100_000));
        Assert.Equal("2 " + new string('x', 100_000), await client.ReadTextAsync());

        await using RawHttp speaker = await proxy.ConnectAsync();
        RawResponse told = await speaker.GetAsync("/tell?text=to-all");
        Assert.True(told.Status == 200, $"{told.Body}\n{node.Output.Text}");
        Assert.Equal("to-all", await client.ReadTextAsync());
        Assert.Equal("to-all", await other.ReadTextAsync());

        await client.SendTextAsync("bye");
        Assert.Equal((1000, ""), await client.ReadCloseAsync());
        await client.SendCloseAsync(1000);
        await client.ReadEndAsync();
        other.Reset();
        await node.Output.WaitForAsync(line => line == "Client disconnected unexpectedly.");
    }
}
