using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Telemetry;

/// <summary>The sample monitor reads the stats of the real proxy, in both encodings.</summary>
public sealed class MonitorSampleTests
{
    [Theory]
    [InlineData("tnetstring")]
    [InlineData("json")]
    public async Task Monitor_PrintsConnectionsSubscriptionsMessagesAndReports(string format)
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/news", "stream", "news", "open\n");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup()
            .Route($"*,id=main {origin.Address}")
            .Set("handler", "stats_spec", "ipc://{rundir}/stats")
            .Set("handler", "stats_format", format)
            .Set("handler", "stats_report_interval", "1"));
        await using ChildProcess monitor = StartMonitor($"ipc://{proxy.Folder}/run/stats");
        // The first report shows that the socket is connected.
        await using (RawHttp first = await proxy.ConnectAsync())
        {
            await HearAsync(monitor, first);
        }

        await using (RawHttp client = await proxy.ConnectAsync())
        {
            await client.SendAsync(RawHttp.Get("/news"));
            await client.ReadHeadAsync();
            await monitor.Output.WaitForAsync(line => line.StartsWith("conn ", StringComparison.Ordinal) && line.Contains("route=main", StringComparison.Ordinal));
            await monitor.Output.WaitForAsync(line => line.Contains("channel=news", StringComparison.Ordinal) && line.Contains("mode=stream", StringComparison.Ordinal));
            await proxy.Control.PublishStreamAsync("news", "hello\n", id: "7");
            await client.ReadStreamAsync("hello\n");
            await monitor.Output.WaitForAsync(line => line.StartsWith("message ", StringComparison.Ordinal) && line.Contains("item-id=7", StringComparison.Ordinal));
        }

        await monitor.Output.WaitForAsync(line => line.StartsWith("sub ", StringComparison.Ordinal) && line.Contains("unavailable=true", StringComparison.Ordinal));
    }

    /// <summary>Makes requests until the monitor hears of one: its socket connects when it likes.</summary>
    private static async Task HearAsync(ChildProcess monitor, RawHttp client)
    {
        Task heard = monitor.Output.WaitForAsync(line => line.StartsWith("counts ", StringComparison.Ordinal));
        while (!heard.IsCompleted)
        {
            await client.SendAsync(RawHttp.Get("/nothing"));
            await client.ReadResponseAsync();
        }

        await heard;
    }

    private static ChildProcess StartMonitor(string address)
    {
        string script = Path.Combine(BuiltProgram.RepositoryRoot, "monitor-sample", "monitor.cjs");
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            // The library that npm install would put beside it.
            ["NODE_PATH"] = Path.Combine(BuiltProgram.RepositoryRoot, "tests", "GripProxy.Functional.Tests", "node", "node_modules"),
        };
        return ChildProcess.Start("node", [script, address], environment: environment);
    }
}
