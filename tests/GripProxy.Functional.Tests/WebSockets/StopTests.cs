using System.Diagnostics;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.WebSockets;

/// <summary>The end of the program ends WebSockets too (CLI-05).</summary>
public sealed class StopTests(ProxyWithTalk world) : IClassFixture<ProxyWithTalk>
{
    [Fact]
    public async Task Sigterm_WithOpenWebSockets_ClosesThemAndExitsWith0()
    {
        ProxySetup setup = new ProxySetup().Route($"*,path_beg=/over-http/ {world.Origin.Address},over_http").Route($"* {world.Origin.Address}");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(setup);
        List<(RawWebSocket Client, TalkOrigin Origin)> talks = [];
        foreach (OriginKind kind in Enum.GetValues<OriginKind>())
        {
            (string path, TalkOrigin origin) = world.Prepare(kind);
            talks.Add((await RawWebSocket.ConnectAsync(proxy.Client, path), origin));
        }

        Stopwatch time = Stopwatch.StartNew();
        Task<int> stop = proxy.StopAsync();
        foreach ((RawWebSocket client, TalkOrigin _) in talks)
        {
            Assert.Equal(1012, (await client.ReadCloseAsync()).Code);
            await client.SendCloseAsync(1012);
            await client.ReadEndAsync();
        }

        Assert.Equal(0, await stop);
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(5), $"It took {time.Elapsed}");
        foreach ((RawWebSocket client, TalkOrigin origin) in talks)
        {
            Assert.Equal("close", (await origin.LastAsync()).What);
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Sigterm_ClientDoesNotAnswer_ExitsInTimeAllTheSame()
    {
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {world.Origin.Address}"));
        (string path, TalkOrigin _) = world.Prepare(OriginKind.Native);
        await using RawWebSocket client = await RawWebSocket.ConnectAsync(proxy.Client, path);

        Assert.Equal(0, await proxy.StopAsync().WaitAsync(TimeSpan.FromSeconds(5)));
    }
}
