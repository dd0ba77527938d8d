using GripProxy.Functional.Tests.Fixture;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Functional.Tests;

/// <summary>What a client does wrong is that client's trouble; all others go on.</summary>
public sealed class BrokenClientTests(ProxyWithOrigin world) : IClassFixture<ProxyWithOrigin>
{
    [Theory]
    [InlineData("response")]
    [InlineData("stream")]
    public async Task Reset_WhileHeld_EndsThatSubscriptionAndNobodyElses(string mode)
    {
        string channel = $"reset-{mode}";
        world.Origin.OnHold($"/{channel}", mode, channel, "open\n");
        world.Origin.OnHold($"/{channel}/witness", "stream", channel, "open\n");
        await using RawHttp witness = await world.Proxy.ConnectAsync();
        await witness.SendAsync(RawHttp.Get($"/{channel}/witness"));
        await witness.ReadHeadAsync();
        List<RawHttp> leaving = [];
        for (int number = 0; number < 3; number++)
        {
            RawHttp client = await world.Proxy.ConnectAsync();
            await client.SendAsync(RawHttp.Get($"/{channel}"));
            leaving.Add(client);
        }

        await world.Proxy.SubscribedAsync(channel, count: 4);
        leaving.ForEach(client => client.Reset());

        string expected = "open\n";
        int receivers;
        int rounds = 0;
        do
        {
            // Each round is a publish and its log line. Hint-like items would do as well; content shows that the witness misses nothing.
            Assert.True(++rounds < 1000, "The subscriptions of clients that left are still there");
            int mark = world.Proxy.Output.Mark;
            await world.Proxy.Control.PublishStreamAsync(channel, $"{rounds}\n");
            expected += $"{rounds}\n";
            string line = await world.Proxy.Output.WaitForAsync(text => text.Contains($"publish channel={channel} ", StringComparison.Ordinal), mark);
            receivers = int.Parse(line[(line.LastIndexOf('=') + 1)..]);
        }
        while (receivers > 1);

        Assert.Equal(expected, await witness.ReadStreamAsync($"\n{rounds}\n"));
    }

    [Theory]
    [InlineData("this is not HTTP\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost example.test\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\nHost: example.test\r\n\r\n")]
    [InlineData("\0\u0001\u0002\u0003\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: example.test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: example.test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public async Task Garbage_FromAClient_ClosesThatConnectionOnly(string garbage)
    {
        world.Origin.OnText("/fine", "fine");
        await using RawHttp good = await world.Proxy.ConnectAsync();
        await using RawHttp bad = await world.Proxy.ConnectAsync();

        await bad.SendAsync(garbage);
        string answer = await bad.ReadToEndAsync();

        Assert.Matches("^HTTP/1\\.[01] (400|505|502) |^$", answer);
        Assert.Equal("fine", (await good.GetAsync("/fine")).Body);
    }

    [Fact]
    public async Task HalfARequest_ThenTheEnd_LeavesNothingBehind()
    {
        world.Origin.OnText("/whole", "whole");
        await using (RawHttp bad = await world.Proxy.ConnectAsync())
        {
            await bad.SendAsync("GET /half HTTP/1.1\r\nHos");
            bad.EndSending();
            await bad.ReadToEndAsync();
        }

        await using RawHttp good = await world.Proxy.ConnectAsync();
        Assert.Equal("whole", (await good.GetAsync("/whole")).Body);
        Assert.Equal(0, world.Origin.WaitingRequests("/half"));
    }

    [Fact]
    public async Task HalfABody_ThenAReset_EndsTheOriginsRequestToo()
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawOrigin origin = new(async exchange =>
        {
            started.SetResult();
            await exchange.ClosedAsync();
            ended.SetResult();
        });
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {origin.Address}"));
        RawHttp client = await proxy.ConnectAsync();
        await client.SendAsync("POST /up HTTP/1.1\r\nHost: example.test\r\nContent-Length: 1000\r\n\r\nhalf of it");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(20));

        client.Reset();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Reset_WhileTheOriginThinks_CancelsTheOriginsRequest()
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Origin.On("/thinking", async context =>
        {
            using CancellationTokenRegistration registration = context.RequestAborted.Register(cancelled.SetResult);
            started.SetResult();
            await cancelled.Task;
        });
        RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/thinking"));
        await started.Task.WaitAsync(TimeSpan.FromSeconds(20));

        client.Reset();

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task SlowReader_OfAStream_DelaysNobodyElse()
    {
        world.Origin.OnHold("/crowd", "stream", "crowd", "open\n");
        await using RawHttp lazy = await world.Proxy.ConnectAsync();
        await using RawHttp eager = await world.Proxy.ConnectAsync();
        await lazy.SendAsync(RawHttp.Get("/crowd"));
        await eager.SendAsync(RawHttp.Get("/crowd"));
        await eager.ReadHeadAsync();
        await world.Proxy.SubscribedAsync("crowd", count: 2);
        string piece = new('x', 50_000);

        // Far more than socket buffers and the queue of one connection hold.
        for (int number = 0; number < 200; number++)
        {
            await world.Proxy.Control.PublishStreamAsync("crowd", $"{piece}{number}\n");
            Assert.EndsWith($"{number}\n", await ReadLineAsync(eager, $"{number}\n"), StringComparison.Ordinal);
        }
    }

    private static Task<string> ReadLineAsync(RawHttp client, string end) => client.ReadThroughAsync(end);
}
