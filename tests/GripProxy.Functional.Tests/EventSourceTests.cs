using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>An EventSource that connects again by itself, at origins with the event libraries of others.</summary>
public sealed class EventSourceTests
{
    [Fact]
    public async Task EventStream_ClientConnectsAgain_GetsTheEventsOfEachConnection()
    {
        int port = FreePorts.Take();
        await using GripProxyProcess proxy = await StartProxyAsync(port);
        await using ChildProcess origin = await StartOriginAsync("origin-eventstream.mjs", proxy, port);
        await using RawHttp speaker = await proxy.ConnectAsync();
        await using ChildProcess client = StartClient(proxy, "/events/den");
        await proxy.SubscribedAsync("events-den");

        await SayAsync(speaker, "/say/den?text=one");
        await client.Output.WaitForAsync(line => line == "message - \"one\"");
        int mark = proxy.Output.Mark;
        await proxy.Control.CloseStreamsAsync("events-den");
        await proxy.SubscribedAsync("events-den", mark: mark);
        await SayAsync(speaker, "/say/den?text=two");

        await client.Output.WaitForAsync(line => line == "message - \"two\"");
        Assert.Equal(["message - \"one\"", "message - \"two\""], Messages(client));
    }

    [Fact]
    public async Task ServeGrip_ClientConnectsAgain_GoesOnAfterItsLastEventId()
    {
        int port = FreePorts.Take();
        await using GripProxyProcess proxy = await StartProxyAsync(port);
        await using ChildProcess origin = await StartOriginAsync("origin-serve-grip.mjs", proxy, port);
        await using RawHttp speaker = await proxy.ConnectAsync();
        await SayAsync(speaker, "/tell?text=before");
        await using ChildProcess client = StartClient(proxy, "/events");
        await proxy.SubscribedAsync("log");
        await SayAsync(speaker, "/tell?text=live");
        await client.Output.WaitForAsync(line => line == "message 2 live");

        int mark = proxy.Output.Mark;
        int errors = client.Output.Mark;
        await proxy.Control.CloseStreamsAsync("log");
        await client.Output.WaitForAsync(line => line.StartsWith("error", StringComparison.Ordinal), errors);
        await SayAsync(speaker, "/tell?text=missed");
        await proxy.SubscribedAsync("log", mark: mark);
        await SayAsync(speaker, "/tell?text=again");

        await client.Output.WaitForAsync(line => line == "message 4 again");
        await origin.Output.WaitForAsync(line => line == "events after 2");
        Assert.Equal(["message 1 before", "message 2 live", "message 3 missed", "message 4 again"], Messages(client).Distinct());
    }

    private static Task<GripProxyProcess> StartProxyAsync(int originPort) =>
        GripProxyProcess.StartAsync(new ProxySetup().Route($"* 127.0.0.1:{originPort}").Set("proxy", "sig_key", "changeme"));

    private static async Task<ChildProcess> StartOriginAsync(string script, GripProxyProcess proxy, int port)
    {
        ChildProcess origin = NodeScript.Start(script, proxy.Control, port);
        await origin.Output.WaitForAsync(line => line == "listening");
        return origin;
    }

    private static ChildProcess StartClient(GripProxyProcess proxy, string path) =>
        NodeScript.Start("client-eventsource.mjs", new Dictionary<string, string>(StringComparer.Ordinal), $"http://{proxy.Address}{path}");

    private static async Task SayAsync(RawHttp speaker, string target)
    {
        RawResponse answer = await speaker.GetAsync(target);
        Assert.True(answer.Status == 200, answer.Body);
    }

    private static IEnumerable<string> Messages(ChildProcess client) =>
        client.Output.Text.Split('\n').Where(line => line.StartsWith("message ", StringComparison.Ordinal));
}
