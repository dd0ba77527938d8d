using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Inspection;

/// <summary>The commands that ask a running proxy, as the shell starts them.</summary>
public sealed class AdminCommandTests(WatchedProxy world) : IClassFixture<WatchedProxy>
{
    [Fact]
    public async Task Channels_AndConnections_ShowWhatIsHeld()
    {
        await using RawHttp client = await world.HoldAsync("shown", headers: "Grip-Set-Meta: user=al");

        Assert.Matches(@"(?m)^CHANNEL +TOTAL.*\n(.*\n)*shown +1 +0 +1 +0 +-$", await RunAsync("channels"));
        Assert.Matches(@"^ID +TRANSPORT.*\n\S+ +stream +- +127\.0\.0\.1 +\S+ +0 +0 +0 +shown +user=al$", await RunAsync("connections", "--channel", "shown"));
        Assert.Equal(1, JsonNode.Parse(await RunAsync("channels", "shown", "--json"))!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Trace_OfAMessage_ShowsItsSteps()
    {
        await world.Proxy.Control.PublishStreamAsync("a/b", "x", id: "7 8");
        Assert.Matches(@"^AT +STEP +CONNECTION\n\S+ +received +- +door=http size=1\n\S+ +matched +- +count=0$", await RunAsync("trace", "a/b", "7 8"));
    }

    [Fact]
    public async Task Trace_WithoutAnId_FollowsWhatHappens()
    {
        await using ChildProcess trace = Start("trace", "live*");
        // Whether it follows already is seen by what it prints.
        using EventStreamReader live = await world.Proxy.Control.WatchAsync("/v1/trace?channel=live");
        Task<string> printed = trace.Output.WaitForAsync(line => line.EndsWith("live 2 received door=http size=1", StringComparison.Ordinal));
        while (!printed.IsCompleted)
        {
            await world.Proxy.Control.PublishStreamAsync("live", "x", id: "2");
            await Task.WhenAny(printed, live.NextAsync());
        }

        await printed;
    }

    [Fact]
    public async Task Stats_FollowWhatHappens()
    {
        await using ChildProcess stats = Start("stats", "--types", "sub");
        Task<string> printed = stats.Output.WaitForAsync(line => line.Contains("sub channel=counted from=", StringComparison.Ordinal));
        // Clients come until one of them comes after the command has begun to follow.
        while (!printed.IsCompleted)
        {
            await using RawHttp client = await world.HoldAsync("counted");
        }

        await printed;
    }

    [Fact]
    public async Task Close_AChannel_SaysHowMany()
    {
        await using RawHttp client = await world.HoldAsync("closing", mode: "response");
        Assert.Equal("closed 1", await RunAsync("close", "--channel", "closing"));
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
    }

    [Fact]
    public async Task Nodes_AreThisOne() => Assert.Matches(@"^NODE +STATE.*\nhere +ready ", await RunAsync("nodes"));

    [Fact]
    public async Task Wrong_SaysWhyAndFails()
    {
        await using ChildProcess nothing = Start("close");
        Assert.Equal(1, await nothing.ExitCodeAsync());
        Assert.Equal("error: expected exactly one of 'channel', 'connection' and 'meta' (invalid_parameter)", nothing.Output.Text);
        await using ChildProcess nowhere = Start("nodes", "--admin", $"http://127.0.0.1:{FreePorts.Take()}");
        Assert.Equal(1, await nowhere.ExitCodeAsync());
        Assert.Contains("Connection refused", nowhere.Output.Text, StringComparison.Ordinal);
        await using ChildProcess noAddress = Start("nodes", "--admin", "localhost");
        Assert.Equal(1, await noAddress.ExitCodeAsync());
        Assert.Contains("the address of the control port, expected as http://127.0.0.1:5561", noAddress.Output.Text, StringComparison.Ordinal);
        await using ChildProcess noPlugins = Start("plugin", "switches");
        Assert.Equal(1, await noPlugins.ExitCodeAsync());
        Assert.Contains("plugins are off there; [plugins] enabled=true", noPlugins.Output.Text, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        await using ChildProcess process = Start(arguments);
        int code = await process.ExitCodeAsync();
        Assert.True(code == 0, process.Output.Text);
        return process.Output.Text;
    }

    private ChildProcess Start(params string[] arguments) => ChildProcess.Start(BuiltProgram.Path, arguments, environment: new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["GRIPPROXY_ADMIN"] = $"http://127.0.0.1:{world.Proxy.Control.Port}",
    });
}
