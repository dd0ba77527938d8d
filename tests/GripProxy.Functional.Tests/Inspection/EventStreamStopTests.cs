using System.Diagnostics;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Inspection;

/// <summary>Who watches does not keep the program from ending (CLI-05).</summary>
public sealed class EventStreamStopTests
{
    [Fact]
    public async Task Sigterm_WithOpenEventStreams_EndsThemProperlyAndAtOnce()
    {
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route("* test"));
        using EventStreamReader presence = await proxy.Control.WatchAsync("/v1/presence");
        using EventStreamReader trace = await proxy.Control.WatchAsync("/v1/trace");
        Assert.Equal("ready", (await presence.NextAsync())?.Type);

        Stopwatch time = Stopwatch.StartNew();
        Task<int> stop = proxy.StopAsync();

        Assert.Null(await presence.NextAsync());
        Assert.Null(await trace.NextAsync());
        Assert.Equal(0, await stop);
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(4), $"It took {time.Elapsed}");
    }
}
