using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>The GRIP libraries that publishers and origins use today, as they are, with JWT on and off.</summary>
public sealed class NodeLibraryTests
{
    private const string Key = "a text key that only the publisher has";

    [Theory]
    [InlineData("publish-grip.cjs", false)]
    [InlineData("publish-grip.cjs", true)]
    [InlineData("publish-pubcontrol.cjs", false)]
    [InlineData("publish-pubcontrol.cjs", true)]
    [InlineData("publish-fanout.mjs", false)]
    [InlineData("publish-fanout.mjs", true)]
    public async Task Publish_OfALibrary_ReachesStreamAndLongPoll(string script, bool withToken)
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/stream", "stream", "room", "open\n");
        origin.OnHold("/poll", "response", "room", "nothing\n");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(Setup(origin.Address, withToken));
        await using RawHttp stream = await proxy.ConnectAsync();
        await using RawHttp poll = await proxy.ConnectAsync();
        await HoldBothAsync(proxy, stream, poll);

        await using ChildProcess node = StartNode(proxy, withToken, script, "room", "from a library");

        Assert.Equal(0, await node.ExitCodeAsync());
        Assert.Contains("published", node.Output.Text, StringComparison.Ordinal);
        Assert.Equal("open\nfrom a library", await stream.ReadStreamAsync("library"));
        Assert.Equal("from a library", (await poll.ReadResponseAsync()).Body);
    }

    [Theory]
    [InlineData("publish-grip.cjs")]
    [InlineData("publish-pubcontrol.cjs")]
    [InlineData("publish-fanout.mjs")]
    public async Task Publish_OfALibraryWithoutToken_IsRefusedWhereKeysAreSet(string script)
    {
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(Setup("127.0.0.1:1", withToken: true));

        await using ChildProcess node = StartNode(proxy, withToken: false, script, "room", "from nobody");

        Assert.Equal(0, await node.ExitCodeAsync());
        Assert.Contains("failed: ", node.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("origin-grip.cjs", false)]
    [InlineData("origin-grip.cjs", true)]
    [InlineData("origin-express-grip.cjs", false)]
    [InlineData("origin-express-grip.cjs", true)]
    [InlineData("origin-fanout.mjs", false)]
    [InlineData("origin-fanout.mjs", true)]
    [InlineData("origin-serve-grip.mjs", false)]
    [InlineData("origin-serve-grip.mjs", true)]
    public async Task Origin_WithALibrary_HoldsClientsAndPublishesToThem(string script, bool withToken)
    {
        int port = FreePorts.Take();
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(Setup($"127.0.0.1:{port}", withToken));
        await using ChildProcess node = StartNode(proxy, withToken, script, port: port);
        await node.Output.WaitForAsync(line => line == "listening");
        await using RawHttp stream = await proxy.ConnectAsync();
        await using RawHttp poll = await proxy.ConnectAsync();
        await using RawHttp speaker = await proxy.ConnectAsync();
        await HoldBothAsync(proxy, stream, poll);

        RawResponse said = await speaker.GetAsync("/say?text=hello");

        Assert.True(said.Status == 200, $"{said.Body}\n{node.Output.Text}");
        Assert.Equal("open\nhello\n", await stream.ReadStreamAsync("hello\n"));
        Assert.Equal("hello\n", (await poll.ReadResponseAsync()).Body);
    }

    private static ProxySetup Setup(string origin, bool withToken)
    {
        ProxySetup setup = new ProxySetup().Route($"* {origin}");
        if (withToken)
        {
            setup.Set("issuer:realm", "key", Key).Set("proxy", "sig_key", Key);
        }

        return setup;
    }

    private static async Task HoldBothAsync(GripProxyProcess proxy, RawHttp stream, RawHttp poll)
    {
        await stream.SendAsync(RawHttp.Get("/stream"));
        RawResponse head = await stream.ReadHeadAsync();
        Assert.Equal(200, head.Status);
        await poll.SendAsync(RawHttp.Get("/poll"));
        await proxy.SubscribedAsync("room", count: 2);
    }

    private static ChildProcess StartNode(GripProxyProcess proxy, bool withToken, string script, params string[] arguments) =>
        StartNode(proxy, withToken, script, port: 0, arguments);

    private static ChildProcess StartNode(GripProxyProcess proxy, bool withToken, string script, int port, params string[] arguments) =>
        NodeScript.Start(script, proxy.Control, port, withToken ? Key : null, arguments);
}
