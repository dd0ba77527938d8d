using GripProxy.Functional.Tests.Fixture;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Functional.Tests;

public sealed class ClientConnectionTests(ProxyWithOrigin world) : IClassFixture<ProxyWithOrigin>
{
    // More than the buffers on the way hold.
    private static readonly string s_beginning = "start";

    [Fact]
    public async Task Requests_Pipelined_AreAnsweredInOrderAlthoughTheFirstIsHeld()
    {
        world.Origin.OnHold("/held", "response", "pipelined", "");
        world.Origin.OnText("/second", "second");
        world.Origin.OnText("/third", "third");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/held") + RawHttp.Get("/second") + RawHttp.Get("/third"));
        await world.Proxy.SubscribedAsync("pipelined");

        await world.Proxy.Control.PublishResponseAsync("pipelined", "first");

        Assert.Equal("first", (await client.ReadResponseAsync()).Body);
        Assert.Equal("second", (await client.ReadResponseAsync()).Body);
        Assert.Equal("third", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Request_OfHttp10_IsAnsweredAndClosed()
    {
        world.Origin.OnText("/old", "plain");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync("GET /old HTTP/1.0\r\nHost: example.test\r\n\r\n");

        RawResponse answer = await client.ReadResponseAsync();

        Assert.Equal("plain", answer.Body);
        Assert.Null(answer.Header("Transfer-Encoding"));
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Request_OfHttp10WithKeepAlive_LeavesTheConnectionOpen()
    {
        world.Origin.OnText("/old-kept", "plain");
        await using RawHttp client = await world.Proxy.ConnectAsync();

        for (int round = 0; round < 2; round++)
        {
            await client.SendAsync("GET /old-kept HTTP/1.0\r\nHost: example.test\r\nConnection: keep-alive\r\n\r\n");
            Assert.Equal("plain", (await client.ReadResponseAsync()).Body);
        }
    }

    [Fact]
    public async Task Body_OfAnUpload_ReachesTheOriginWhileItIsSent()
    {
        TaskCompletionSource start = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawOrigin origin = new(async exchange =>
        {
            string body = await exchange.ReadAsync();
            start.SetResult();
            while (!body.EndsWith("end", StringComparison.Ordinal))
            {
                string piece = await exchange.ReadAsync();
                Assert.NotEqual("", piece);
                body += piece;
            }

            await exchange.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {(body == s_beginning + "end" ? "4\r\n\r\ngood" : "3\r\n\r\nbad")}");
        });
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route($"* {origin.Address}"));
        await using RawHttp client = await proxy.ConnectAsync();

        await client.SendAsync($"POST /up HTTP/1.1\r\nHost: example.test\r\nContent-Length: {s_beginning.Length + 3}\r\n\r\n{s_beginning}");
        await start.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await client.SendAsync("end");

        Assert.Equal("good", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Answer_WithoutGrip_PassesByteForByteWithItsHeaders()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(number => (byte)(number * 7))];
        world.Origin.On("/bytes", async context =>
        {
            context.Response.StatusCode = 203;
            context.Response.ContentType = "application/octet-stream";
            context.Response.Headers.Append("Set-Cookie", "a=1");
            context.Response.Headers.Append("Set-Cookie", "b=2");
            await context.Response.Body.WriteAsync(bytes);
        });
        await using RawHttp client = await world.Proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync("/bytes?q=%2Fx&y=[1]");

        Assert.Equal(203, answer.Status);
        Assert.Equal(bytes, System.Text.Encoding.Latin1.GetBytes(answer.Body));
        Assert.Equal(["a=1", "b=2"], answer.Headers.Where(header => header.Key == "Set-Cookie").Select(header => header.Value));
        Assert.Equal("/bytes?q=%2Fx&y=[1]", (await world.Origin.NextRequestAsync("/bytes")).Target);
    }

    [Fact]
    public async Task Head_ForAPathWithABody_GivesTheHeadOnlyAndTheConnectionGoesOn()
    {
        world.Origin.OnText("/head", "body");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync("HEAD /head HTTP/1.1\r\nHost: example.test\r\n\r\n");

        RawResponse head = await client.ReadResponseAsync(hasBody: false);

        Assert.Equal("4", head.Header("Content-Length"));
        Assert.Equal("body", (await client.GetAsync("/head")).Body);
    }
}
