using System.Globalization;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Origin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Functional.Tests;

/// <summary>A publisher of GripProxy.Origin whose connection to the built program breaks after the items went through.</summary>
public sealed class OriginRetryTests
{
    [Fact]
    public async Task Publish_WhoseAnswerIsLost_IsRepeatedAndArrivesOnce()
    {
        await using FakeOrigin origin = await FakeOrigin.StartAsync();
        origin.OnHold("/stream", "stream", "room", "open\n");
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(
            new ProxySetup().Set("handler", "id_cache_ttl", "60").Route($"* {origin.Address}"));
        await using RawHttp stream = await proxy.ConnectAsync();
        await stream.SendAsync(RawHttp.Get("/stream"));
        Assert.Equal(200, (await stream.ReadHeadAsync()).Status);
        await proxy.SubscribedAsync("room");
        int passed = 0;
        int port = FreePorts.Take();
        await using WebApplication middle = await StartMiddleAsync(port, async context =>
        {
            using StreamReader body = new(context.Request.Body);
            using HttpResponseMessage answer = await proxy.Control.PostAsync(await body.ReadToEndAsync());
            if (Interlocked.Increment(ref passed) == 1)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = (int)answer.StatusCode;
        });
        using GripPublisher publisher = new([GripEndpoint.Parse(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"))], retryDelay: TimeSpan.Zero);

        PublishResult once = await publisher.PublishAsync(new GripItem("room") { Id = "1" }.WithHttpStream("once\n"), CancellationToken.None);
        PublishResult next = await publisher.PublishAsync(new GripItem("room") { Id = "2" }.WithHttpStream("next\n"), CancellationToken.None);

        Assert.True(once.Succeeded && next.Succeeded, once + "\n" + next);
        Assert.Equal(3, passed);
        Assert.Equal("open\nonce\nnext\n", await stream.ReadStreamAsync("next\n"));
    }

    private static async Task<WebApplication> StartMiddleAsync(int port, RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        WebApplication app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
