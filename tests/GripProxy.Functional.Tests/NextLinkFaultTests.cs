using System.Diagnostics;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Functional.Tests;

/// <summary>Next links to an origin that loops, floods, drips, lies or does not answer, and clients that leave meanwhile (HTTP-30…32, HTTP-37).</summary>
public sealed class NextLinkFaultTests : IClassFixture<ProxyWithOrigin>
{
    private const int Megabyte = 1024 * 1024;

    private readonly FakeOrigin _origin;
    private readonly GripProxyProcess _proxy;

    public NextLinkFaultTests(ProxyWithOrigin world) => (_origin, _proxy) = (world.Origin, world.Proxy);

    [Fact]
    public async Task Circle_IsAskedEverMoreRarely()
    {
        List<long> times = [];
        TaskCompletionSource sixth = new(TaskCreationOptions.RunContinuationsAsynchronously);
        OnLink("/circle-start", "/circle", "start\n");
        _origin.On("/circle", context =>
        {
            times.Add(Stopwatch.GetTimestamp());
            if (times.Count == 6)
            {
                sixth.SetResult();
            }

            context.Response.Headers["Grip-Link"] = "</circle>; rel=next";
            return Task.CompletedTask;
        });
        await using RawHttp client = await StartAsync("/circle-start");

        await sixth.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(Stopwatch.GetElapsedTime(times[3], times[4]) >= TimeSpan.FromSeconds(1), "The fifth request came too soon");
        Assert.True(Stopwatch.GetElapsedTime(times[4], times[5]) >= TimeSpan.FromSeconds(2), "The sixth request came too soon");
    }

    [Fact]
    public async Task Megabytes_ReachEachOfTheClientsThatShareTheLink()
    {
        TaskCompletionSource both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        OnLink("/flood-start", "/flood", "start\n");
        _origin.On("/flood", async context =>
        {
            await both.Task;
            byte[] piece = new byte[Megabyte];
            Array.Fill(piece, (byte)'x');
            for (int i = 0; i < 4; i++)
            {
                await context.Response.Body.WriteAsync(piece);
            }

            await context.Response.WriteAsync("end\n");
        });
        await using RawHttp one = await StartAsync("/flood-start");
        await using RawHttp two = await StartAsync("/flood-start");
        both.SetResult();

        foreach (RawHttp client in (RawHttp[])[one, two])
        {
            long length = 0;
            string last = "";
            while (await client.ReadChunkAsync() is { Length: > 0 } chunk)
            {
                length += chunk.Length;
                last += chunk;
                last = last[^Math.Min(last.Length, 4)..];
            }

            Assert.Equal(("start\n".Length + (4 * Megabyte) + "end\n".Length, "end\n"), (length, last));
        }
    }

    [Fact]
    public async Task Endless_ClientDoesNotRead_OriginIsHeldBackAndLetGoWithTheClient()
    {
        TaskCompletionSource<long> stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        OnLink("/endless-start", "/endless", "start\n");
        _origin.On("/endless", async context =>
        {
            byte[] piece = new byte[64 * 1024];
            try
            {
                for (long sent = 0; !context.RequestAborted.IsCancellationRequested; sent += piece.Length)
                {
                    Task write = context.Response.Body.WriteAsync(piece, context.RequestAborted).AsTask();
                    if (await Task.WhenAny(write, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, context.RequestAborted)) != write)
                    {
                        stuck.TrySetResult(sent);
                    }

                    await write;
                }
            }
            finally
            {
                // Not by a registration: the write that is cancelled first would take it back.
                aborted.SetResult();
            }
        });
        await using RawHttp client = await StartAsync("/endless-start");

        long length = await stuck.Task.WaitAsync(TimeSpan.FromSeconds(30));
        client.Reset();

        Assert.InRange(length, 0, 64 * Megabyte);
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Drops_ReachTheClientBeforeTheAnswerIsComplete()
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        OnLink("/drip-start", "/drip", "start\n");
        _origin.On("/drip", async context =>
        {
            await context.Response.WriteAsync("one\n");
            await context.Response.Body.FlushAsync();
            await seen.Task;
            await context.Response.WriteAsync("two\n");
        });
        await using RawHttp client = await StartAsync("/drip-start");

        Assert.Equal("start\none\n", await client.ReadStreamAsync("one\n"));
        seen.SetResult();
        Assert.Equal("start\none\ntwo\n", await client.ReadStreamAsync("two\n"));
        Assert.Equal("", await client.ReadChunkAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nwrong\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nwrong\n\r\nzz\r\n")]
    [InlineData("wrong\r\n\r\n")]
    [InlineData("HTTP/1.1 500 Wrong\r\nContent-Length: 6\r\n\r\nwrong\n")]
    [InlineData("")]
    public async Task LyingAnswer_IsAskedForAgainAndNothingOfItIsSent(string lie)
    {
        int asked = 0;
        await using RawOrigin origin = new(exchange => exchange.SendAsync(exchange.Path == "/start"
            ? "HTTP/1.1 200 OK\r\nGrip-Link: </next>; rel=next\r\nContent-Length: 6\r\n\r\nstart\n"
            : Interlocked.Increment(ref asked) == 1 ? lie : "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nright\n"));
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {origin.Address}"));
        await using RawHttp client = await proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync("/start");

        Assert.Equal(("start\nright\n", 2), (answer.Body, asked));
    }

    [Fact]
    public async Task AnswerBreaksOffWithinMegabytes_ClientSeesACutStream()
    {
        await using RawOrigin origin = new(exchange => exchange.SendAsync(exchange.Path == "/start"
            ? "HTTP/1.1 200 OK\r\nGrip-Link: </next>; rel=next\r\nContent-Length: 6\r\n\r\nstart\n"
            : $"HTTP/1.1 200 OK\r\nContent-Length: {Megabyte}\r\n\r\n{new string('x', 200_000)}"));
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {origin.Address}"));
        await using RawHttp client = await proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/start"));

        Exception? cut = await Record.ExceptionAsync(() => client.ReadThroughAsync("\r\n0\r\n\r\n"));

        Assert.False(cut is null or TimeoutException, "The stream has a proper end, or none");
    }

    [Fact]
    public async Task Garbage_AsInstruct_EndsTheStream()
    {
        OnLink("/garbage-start", "/garbage", "start\n");
        _origin.On("/garbage", context =>
        {
            context.Response.ContentType = "application/grip-instruct";
            return context.Response.WriteAsync("{\"hold\": [[[");
        });
        await using RawHttp client = await _proxy.ConnectAsync();

        Assert.Equal("start\n", (await client.GetAsync("/garbage-start")).Body);
    }

    [Fact]
    public async Task ClientLeaves_WhileTheLinkIsFetched_OriginIsLetGoAndToldOnce()
    {
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _origin.OnHold("/leave-start", "stream", "leave", "start\n", "Grip-Link: </leave>; rel=next", "Grip-Link: </leave-gone>; rel=gone");
        _origin.On("/leave", async context =>
        {
            using CancellationTokenRegistration gone = context.RequestAborted.Register(aborted.SetResult);
            await aborted.Task;
        });
        _origin.OnText("/leave-gone", "");
        await using RawHttp client = await StartAsync("/leave-start");
        await _proxy.SubscribedAsync("leave");
        await PublishHintAsync("leave");
        await _origin.NextRequestAsync("/leave");

        client.Reset();

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("POST", (await _origin.NextRequestAsync("/leave-gone")).Method);
        Assert.Equal(0, _origin.WaitingRequests("/leave-gone"));
    }

    [Fact]
    public async Task Recover_AsksStreamsNextLinkAndLongPollAgain()
    {
        int polls = 0;
        _origin.OnHold("/recover-start", "stream", "recover", "start\n", "Grip-Link: </recover>; rel=next");
        _origin.OnText("/recover", "recovered\n");
        _origin.On("/recover-poll", context =>
        {
            if (Interlocked.Increment(ref polls) > 1)
            {
                return context.Response.WriteAsync("recovered\n");
            }

            context.Response.Headers["Grip-Hold"] = "response";
            context.Response.Headers["Grip-Channel"] = "recover";
            return Task.CompletedTask;
        });
        await using RawHttp stream = await StartAsync("/recover-start");
        await using RawHttp poll = await _proxy.ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/recover-poll"));
        await _proxy.SubscribedAsync("recover", count: 2);

        using HttpResponseMessage recovering = await _proxy.Control.SendAsync(HttpMethod.Post, "/recover/", new StringContent(""));

        Assert.True(recovering.IsSuccessStatusCode);
        Assert.Equal("start\nrecovered\n", await stream.ReadStreamAsync("recovered\n"));
        Assert.Equal("recovered\n", (await poll.ReadResponseAsync()).Body);
    }

    /// <summary>Answers a path with a text and a next link, without a hold.</summary>
    private void OnLink(string path, string link, string body) => _origin.On(path, context =>
    {
        context.Response.Headers["Grip-Link"] = $"<{link}>; rel=next";
        return context.Response.WriteAsync(body);
    });

    private async Task<RawHttp> StartAsync(string path)
    {
        RawHttp client = await _proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get(path));
        Assert.Equal(200, (await client.ReadHeadAsync()).Status);
        return client;
    }

    private async Task PublishHintAsync(string channel)
    {
        Dictionary<string, object?> hint = new(StringComparer.Ordinal) { ["action"] = "hint" };
        using HttpResponseMessage answer = await _proxy.Control.PostAsync(ControlClient.OneItem(channel, "http-stream", hint));
        Assert.True(answer.IsSuccessStatusCode);
    }
}
