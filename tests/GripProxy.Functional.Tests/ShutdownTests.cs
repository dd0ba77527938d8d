using System.Diagnostics;
using System.Net.Sockets;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Sigterm_WithHeldClients_EndsThemAndExitsWith0()
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/stream", "stream", "stream", "open\n");
        origin.OnHold("/poll", "response", "poll", "");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {origin.Address}"));
        await using RawHttp stream = await proxy.ConnectAsync();
        await using RawHttp poll = await proxy.ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/stream"));
        await poll.SendAsync(RawHttp.Get("/poll"));
        await stream.ReadHeadAsync();
        await proxy.SubscribedAsync("stream");
        await proxy.SubscribedAsync("poll");
        Stopwatch time = Stopwatch.StartNew();

        int code = await proxy.StopAsync();

        Assert.Equal(0, code);
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(5), $"It took {time.Elapsed}");
        await EndsAsync(stream);
        await EndsAsync(poll);
        Assert.Contains(proxy.Output.Text.Split('\n'), line => line.Contains("stopping", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sigterm_WhileAnOriginThinks_ExitsWith0()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawOrigin origin = new(exchange =>
        {
            asked.SetResult();
            return exchange.ClosedAsync();
        });
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {origin.Address}"));
        await using RawHttp client = await proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/"));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(0, await proxy.StopAsync());
    }

    private static async Task EndsAsync(RawHttp client)
    {
        try
        {
            await client.ReadToEndAsync();
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
    }
}
