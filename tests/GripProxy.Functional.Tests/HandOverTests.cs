using GripProxy.Functional.Tests.Fixture;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Functional.Tests;

/// <summary>A held connection that left HTTP comes back to it as if it had never been away.</summary>
public sealed class HandOverTests(ProxyWithOrigin world) : IClassFixture<ProxyWithOrigin>
{
    [Fact]
    public async Task Poll_AgainAndAgain_OnOneConnection()
    {
        world.Origin.OnHold("/polls", "response", "polls", "");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        for (int round = 0; round < 20; round++)
        {
            int mark = world.Proxy.Output.Mark;
            await client.SendAsync(RawHttp.Get("/polls"));
            await world.Proxy.SubscribedAsync("polls", mark: mark);
            await world.Proxy.Control.PublishResponseAsync("polls", $"round {round}");

            RawResponse answer = await client.ReadResponseAsync();

            Assert.Equal($"round {round}", answer.Body);
            Assert.NotNull(answer.Header("Date"));
            Assert.Null(answer.Header("Connection"));
        }
    }

    [Fact]
    public async Task Poll_ThatAsksTheOriginAgain_AsksWithTheSameHead_AndPipelinedRequestsWait()
    {
        int asked = 0;
        world.Origin.On("/hinted", context =>
        {
            if (Interlocked.Increment(ref asked) > 1)
                return context.Response.WriteAsync("fresh");
            context.Response.Headers["Grip-Hold"] = "response";
            context.Response.Headers["Grip-Channel"] = "hinted";
            return Task.CompletedTask;
        });
        world.Origin.OnText("/behind", "behind");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/hinted?a=%20b", "example.test", "X-Mine: one", "Cookie: a=1", "X-Mine: tw\u00c3\u00b6") + RawHttp.Get("/behind"));
        await world.Proxy.SubscribedAsync("hinted");

        await world.Proxy.Control.PublishAsync(
            "hinted", "http-response", new Dictionary<string, object?>(StringComparer.Ordinal) { ["action"] = "hint" }, null, null);

        Assert.Equal("fresh", (await client.ReadResponseAsync()).Body);
        Assert.Equal("behind", (await client.ReadResponseAsync()).Body);
        SeenRequest first = await world.Origin.NextRequestAsync("/hinted");
        SeenRequest second = await world.Origin.NextRequestAsync("/hinted");
        Assert.Equal(first.Target, second.Target);
        Assert.Equal(Own(first), Own(second));
    }

    [Fact]
    public async Task Stream_ThatEnds_LeavesTheConnectionForTheNextRequest()
    {
        world.Origin.OnHold("/ending", "stream", "ending", "open\n");
        world.Origin.OnText("/after", "after");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        for (int round = 0; round < 3; round++)
        {
            int mark = world.Proxy.Output.Mark;
            // The last round's second request is pipelined.
            await client.SendAsync(RawHttp.Get("/ending") + (round == 2 ? RawHttp.Get("/after") : ""));
            RawResponse head = await client.ReadHeadAsync();
            await world.Proxy.SubscribedAsync("ending", mark: mark);
            await world.Proxy.Control.PublishStreamAsync("ending", $"item {round}\n");
            Assert.Equal($"open\nitem {round}\n", await client.ReadStreamAsync($"item {round}\n"));
            await world.Proxy.Control.CloseStreamsAsync("ending");

            Assert.Equal("", await client.ReadChunkAsync());
            Assert.Equal("chunked", head.Header("Transfer-Encoding"));
            Assert.Null(head.Header("Connection"));
            if (round != 2)
                await client.SendAsync(RawHttp.Get("/after"));
            Assert.Equal("after", (await client.ReadResponseAsync()).Body);
        }
    }

    [Theory]
    [InlineData("GET /closing HTTP/1.1\r\nHost: example.test\r\nConnection: close\r\n\r\n", "5\r\nopen\n\r\n5\r\nlast\n\r\n0\r\n\r\n")]
    [InlineData("GET /closing HTTP/1.0\r\nHost: example.test\r\n\r\n", "open\nlast\n")]
    [InlineData("GET /closing HTTP/1.0\r\nHost: example.test\r\nConnection: keep-alive\r\n\r\n", "open\nlast\n")]
    public async Task Stream_WhoseEndIsTheConnections_IsClosed(string request, string body)
    {
        world.Origin.OnHold("/closing", "stream", "closing", "open\n");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        int mark = world.Proxy.Output.Mark;
        await client.SendAsync(request);
        await client.ReadHeadAsync();
        await world.Proxy.SubscribedAsync("closing", mark: mark);
        await world.Proxy.Control.PublishStreamAsync("closing", "last\n");
        await world.Proxy.Control.CloseStreamsAsync("closing");

        Assert.Equal(body, await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData("GET /poll-once HTTP/1.1\r\nHost: example.test\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /poll-once HTTP/1.0\r\nHost: example.test\r\n\r\n")]
    public async Task Poll_WhoseEndIsTheConnections_IsAnsweredAndClosed(string request)
    {
        world.Origin.OnHold("/poll-once", "response", "poll-once", "");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        int mark = world.Proxy.Output.Mark;
        await client.SendAsync(request);
        await world.Proxy.SubscribedAsync("poll-once", mark: mark);
        await world.Proxy.Control.PublishResponseAsync("poll-once", "once");

        Assert.Equal("once", (await client.ReadResponseAsync()).Body);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Poll_WithABody_StaysInHttpAndIsAnsweredAllTheSame()
    {
        world.Origin.OnHold("/posted", "response", "posted", "");
        world.Origin.OnText("/after-post", "after");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync("POST /posted HTTP/1.1\r\nHost: example.test\r\nContent-Length: 4\r\n\r\nbody");
        await world.Proxy.SubscribedAsync("posted");
        await world.Proxy.Control.PublishResponseAsync("posted", "answer");

        Assert.Equal("answer", (await client.ReadResponseAsync()).Body);
        Assert.Equal("after", (await client.GetAsync("/after-post")).Body);
    }

    // What the proxy tells an origin that it asks again is not the client's.
    private static IEnumerable<KeyValuePair<string, string>> Own(SeenRequest request) =>
        request.Headers.Where(header => !header.Key.StartsWith("Grip-", StringComparison.OrdinalIgnoreCase)).OrderBy(header => header.Key, StringComparer.Ordinal);
}
