using System.Runtime.InteropServices;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

public sealed class ReloadTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Routes_ChangedInTheFile_AreUsedAndHeldClientsStay(bool bySignal)
    {
        await using FakeOrigin before = await FakeOrigin.StartAsync();
        await using FakeOrigin after = await FakeOrigin.StartAsync();
        before.OnText("/which", "before");
        after.OnText("/which", "after");
        before.OnHold("/stream", "stream", "kept", "open\n");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {before.Address}"));
        await using RawHttp held = await proxy.ConnectAsync();
        await held.SendAsync(RawHttp.Get("/stream"));
        await held.ReadHeadAsync();
        await proxy.SubscribedAsync("kept");
        await using RawHttp client = await proxy.ConnectAsync();
        Assert.Equal("before", (await client.GetAsync("/which")).Body);
        int mark = proxy.Output.Mark;

        await ReplaceRoutesAsync(proxy, $"* {after.Address}\n");
        if (bySignal)
        {
            proxy.Signal(PosixSignal.SIGHUP);
        }

        await RoutesLoadedAsync(proxy, mark);
        Assert.Equal("after", (await client.GetAsync("/which")).Body);
        await proxy.Control.PublishStreamAsync("kept", "still here\n");
        Assert.Equal("open\nstill here\n", await held.ReadStreamAsync("here\n"));
    }

    [Fact]
    public async Task Routes_WithABadLine_KeepTheGoodLines()
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnText("/which", "here");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {origin.Address}"));
        int mark = proxy.Output.Mark;

        await ReplaceRoutesAsync(proxy, $"no-target-at-all\ngood.test {origin.Address}\n");
        proxy.Signal(PosixSignal.SIGHUP);

        await RoutesLoadedAsync(proxy, mark);
        await using RawHttp client = await proxy.ConnectAsync();
        Assert.Equal("here", (await client.GetAsync("/which", "good.test")).Body);
    }

    private static Task<string> RoutesLoadedAsync(GripProxyProcess proxy, int mark) =>
        proxy.Output.WaitForAsync(line => line.Contains("routes loaded with", StringComparison.Ordinal), mark);

    private static async Task ReplaceRoutesAsync(GripProxyProcess proxy, string text)
    {
        string path = Path.Combine(proxy.Folder, "routes");
        await File.WriteAllTextAsync(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
