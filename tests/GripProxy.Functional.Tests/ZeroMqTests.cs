using System.Globalization;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>The ZeroMQ doors with peers of libzmq, and with Pushpin's own publisher.</summary>
public sealed class ZeroMqTests(ProxyWithDoors world) : IClassFixture<ProxyWithDoors>
{
    private static readonly Dictionary<string, string> s_environment = new(StringComparer.Ordinal);

    [Fact]
    public async Task Push_ManyMessages_ArriveCompleteAndInOrder()
    {
        await using RawHttp client = await HoldAsync(world, "push");

        await using ChildProcess node = NodeScript.Start("zmq-push.mjs", s_environment, world.Pull, "push", "5000");

        string expected = "open\n" + string.Concat(Enumerable.Range(1, 5000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i}\n")));
        Assert.Equal(expected, await client.ReadStreamAsync("\n5000\n"));
        Assert.Equal(0, await node.ExitCodeAsync());
    }

    [Fact]
    public async Task Push_OfPushpinPublish_Arrives()
    {
        await using RawHttp client = await HoldAsync(world, "tool");

        await using ChildProcess tool = ChildProcess.Start("pushpin-publish", [$"--spec={world.Pull}", "tool", "from the tool"]);

        Assert.Equal(0, await tool.ExitCodeAsync());
        Assert.Equal("open\nfrom the tool\n", await client.ReadStreamAsync("tool\n"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publisher_ThatConnects_IsToldOfChannelsAndPublishesToThem(bool overIpc)
    {
        string channel = overIpc ? "sub-ipc" : "sub-tcp";
        await using ChildProcess node = NodeScript.Start(
            "zmq-publisher.mjs", s_environment, "connect", overIpc ? world.LocalSub : world.Sub, channel, "wanted\n");
        await node.Output.WaitForAsync(line => line == "listening");

        await using (RawHttp client = await HoldAsync(world, channel))
        {
            Assert.Equal("open\nwanted\n", await client.ReadStreamAsync("wanted\n"));
        }

        await node.Output.WaitForAsync(line => line == $"unwanted {channel}");
    }

    [Fact]
    public async Task Publisher_ThatListens_IsConnectedToAgainAndAgain()
    {
        string address = $"tcp://127.0.0.1:{FreePorts.Take()}";
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/bound", "stream", "bound", "open\n");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup()
            .Route($"* {origin.Address}")
            .Set("handler", "push_in_sub_connect", "true")
            .Set("handler", "push_in_sub_specs", address));
        await using RawHttp client = await proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/bound"));
        await client.ReadHeadAsync();

        string expected = "open\n";
        foreach (string text in new[] { "first\n", "second\n" })
        {
            await using ChildProcess node = NodeScript.Start("zmq-publisher.mjs", s_environment, "bind", address, "bound", text);
            expected += text;
            Assert.Equal(expected, await client.ReadStreamAsync(text));
        }
    }

    [Fact]
    public async Task Request_Commands_AreAnswered()
    {
        await using RawHttp client = await HoldAsync(world, "command");

        await using ChildProcess node = NodeScript.Start(
            "zmq-command.mjs",
            s_environment,
            world.Command,
            """J{"id":"1","method":"publish","args":{"items":[{"channel":"command","http-stream":{"content":"done\n"}}]}}""",
            "24:6:method,11:no-such-one,}",
            """J{"method":"get-zmq-uris"}""");

        Assert.Equal(0, await node.ExitCodeAsync());
        Assert.Equal(
            $$$"""
            J{"id":"1","success":true,"value":null}
            50:7:success,5:false!9:condition,16:method-not-found,}
            J{"success":true,"value":{"command":"{{{world.Command}}}","publish-pull":"{{{world.Pull}}}","publish-sub":"{{{world.Sub}}}"}}
            """,
            node.Output.Text);
        Assert.Equal("open\ndone\n", await client.ReadStreamAsync("done\n"));
    }

    [Fact]
    public async Task Start_AddressInUse_EndsWithCode1AndSaysWhich()
    {
        string folder = Directory.CreateTempSubdirectory("gripproxy-test-").FullName;
        string file = Path.Combine(folder, "gripproxy.conf");
        File.WriteAllText(file, $"[runner]\nhttp_port=127.0.0.1:{FreePorts.Take()}\n[handler]\npush_in_spec={world.Pull}\n");

        await using ChildProcess second = ChildProcess.Start(BuiltProgram.Path, [$"--config={file}", "--route=* test"], folder);

        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains($"unable to bind {world.Pull}: ", second.Output.Text, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Stop_PeersAreConnected_IsOrderlyAndLeavesNoSocketFile()
    {
        ProxySetup setup = new ProxySetup().Route("* test").Set("handler", "push_in_sub_specs", "ipc://{rundir}/sub");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(setup);
        string file = Path.Combine(proxy.Folder, "run", "sub");
        await using ChildProcess node = NodeScript.Start("zmq-publisher.mjs", s_environment, "connect", $"ipc://{file}", "c", "x");
        await node.Output.WaitForAsync(line => line == "listening");
        Assert.True(File.Exists(file));

        Assert.Equal(0, await proxy.StopAsync());

        Assert.False(File.Exists(file));
        Assert.DoesNotContain("stopping was not orderly", proxy.Output.Text, StringComparison.Ordinal);
    }

    private static async Task<RawHttp> HoldAsync(ProxyWithDoors world, string channel)
    {
        world.Origin.OnHold($"/{channel}", "stream", channel, "open\n");
        RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get($"/{channel}"));
        await client.ReadHeadAsync();
        await world.Proxy.SubscribedAsync(channel);
        return client;
    }
}
