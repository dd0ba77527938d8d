using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests;

/// <summary>What clients, publishers and probes see of a proxy that ends over a while (own-config.md [drain], DIF-68).</summary>
public sealed class DrainTests(ProxyWithTalk world) : IClassFixture<ProxyWithTalk>
{
    private const int Streams = 8;

    [Fact]
    public async Task Sigterm_WithWindow_EndsEachClientInItsWayAndItsTime()
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/stream", "stream", "stream", "open\n");
        origin.OnHold("/poll", "response", "poll", "nothing new", "Grip-Timeout: 600");
        SockJsOrigin sessions = new();
        origin.On("/app", sessions.AnswerAsync);
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup()
            .Set("drain", "window", "3")
            .Route($"*,path_beg=/over-http/ {world.Origin.Address},over_http")
            .Route($"*,path_beg=/native/ {world.Origin.Address}")
            .Route($"*,path_beg=/sockjs,sockjs=/sockjs,sockjs_as_path=/app {origin.Address}")
            .Route($"* {origin.Address}"));
        List<RawHttp> streams = [];
        for (int i = 0; i < Streams; i++)
        {
            RawHttp client = await proxy.ConnectAsync();
            await client.SendAsync(RawHttp.Get("/stream"));
            await client.ReadHeadAsync();
            await client.ReadStreamAsync("open\n");
            streams.Add(client);
        }

        await using RawHttp poll = await proxy.ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/poll"));
        await using RawHttp sockJs = await proxy.ConnectAsync();
        await sockJs.SendAsync("POST /sockjs/0/drained/xhr_streaming?channel=sockjs HTTP/1.1\r\nHost: example.test\r\nContent-Length: 0\r\n\r\n");
        await sockJs.ReadThroughAsync("o\n");
        await using RawWebSocket webSocket = await RawWebSocket.ConnectAsync(proxy.Client, world.Prepare(OriginKind.Native).Path);
        await proxy.SubscribedAsync("poll");
        await proxy.SubscribedAsync("sockjs");

        Task<int> stop = proxy.StopAsync();

        await proxy.Output.WaitForAsync(line => line.Contains("draining: ", StringComparison.Ordinal));
        Assert.Equal("""{"ready":false,"reasons":["draining"]}""", await ReadinessAsync(proxy));
        // Who is still held hears what is published, who was told to go does not.
        List<Task<string>> ends = [.. streams.Select(EndAsync)];
        await Task.WhenAny(ends);
        await proxy.Control.PublishStreamAsync("stream", "late\n");
        string[] texts = await Task.WhenAll(ends);
        Assert.Contains(texts, text => text.Length == 0);
        Assert.Contains(texts, text => text.Contains("late\n", StringComparison.Ordinal));
        RawResponse answer = await poll.ReadResponseAsync();
        Assert.Equal((200, "nothing new"), (answer.Status, answer.Body));
        // Its client opens another connection, to another node, and does not send its next request into one that is about to end.
        Assert.Equal("close", answer.Header("Connection"));
        Assert.Contains("c[1012,", await sockJs.ReadThroughAsync("]"), StringComparison.Ordinal);
        Assert.Equal(1012, (await webSocket.ReadCloseAsync()).Code);
        await webSocket.SendCloseAsync(1012);
        Assert.Equal(0, await stop);
        await Assert.ThrowsAsync<SocketException>(proxy.ConnectAsync);
        foreach (RawHttp client in streams)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task SecondSigterm_WhileDraining_EndsAtOnce()
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        await using GripProxyProcess proxy = await DrainingAsync(origin, timeout: 3600);

        Assert.Equal(128 + 15, await proxy.StopAsync());
    }

    [Fact]
    public async Task Timeout_WhileDraining_EndsInOrder()
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        await using GripProxyProcess proxy = await DrainingAsync(origin, timeout: 1);

        Assert.Equal(0, await proxy.ExitCodeAsync());
    }

    /// <summary>A proxy that would drain for an hour.</summary>
    private static async Task<GripProxyProcess> DrainingAsync(FakeOrigin origin, int timeout)
    {
        origin.OnHold("/stream", "stream", "stream", "open\n");
        GripProxyProcess proxy = await GripProxyProcess.StartAsync(
            new ProxySetup().Set("drain", "window", "3600").Set("drain", "timeout", $"{timeout}").Route($"* {origin.Address}"));
        for (int i = 0; i < 2; i++)
        {
            RawHttp client = await proxy.ConnectAsync();
            await client.SendAsync(RawHttp.Get("/stream"));
            await client.ReadHeadAsync();
            await client.ReadStreamAsync("open\n");
        }

        proxy.Signal(PosixSignal.SIGTERM);
        await proxy.Output.WaitForAsync(line => line.Contains("draining: ", StringComparison.Ordinal));
        return proxy;
    }

    private static async Task<string> EndAsync(RawHttp client)
    {
        string text = "";
        try
        {
            text = await client.ReadThroughAsync("late\n");
            await client.ReadToEndAsync();
        }
        catch (Exception e) when (e is SocketException or Xunit.Sdk.XunitException)
        {
            // A cut stream.
        }

        return text;
    }

    private static async Task<string> ReadinessAsync(GripProxyProcess proxy)
    {
        using HttpClient http = new();
        using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://127.0.0.1:{proxy.Control.Port}/readyz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
