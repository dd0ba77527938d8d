using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

public sealed class LongPollTests(ProxyWithOrigin world) : IClassFixture<ProxyWithOrigin>
{
    [Fact]
    public async Task Publish_ToHeldClient_AnswersWithTheTemplateAndTheBody()
    {
        world.Origin.OnHold("/poll", "response", "poll", "nothing yet", "X-From: origin");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/poll"));
        await world.Proxy.SubscribedAsync("poll");

        await world.Proxy.Control.PublishResponseAsync("poll", "news");

        RawResponse answer = await client.ReadResponseAsync();
        Assert.Equal("HTTP/1.1 200 OK", answer.StatusLine);
        Assert.Equal("news", answer.Body);
        Assert.Equal("text/plain", answer.Header("Content-Type"));
        Assert.Equal("origin", answer.Header("X-From"));
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Grip-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Hold_WithoutPublish_EndsWithTheOriginsAnswer()
    {
        // Five seconds is the shortest timeout there is.
        world.Origin.OnHold("/quiet", "response", "quiet", "nothing yet", "Grip-Timeout: 5");
        await using RawHttp client = await world.Proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync("/quiet");

        Assert.Equal(200, answer.Status);
        Assert.Equal("nothing yet", answer.Body);
    }

    [Fact]
    public async Task Connection_AfterAPublishedAnswer_TakesTheNextRequestAndTheNextHold()
    {
        world.Origin.OnHold("/again", "response", "again", "");
        world.Origin.OnText("/plain", "plain");
        await using RawHttp client = await world.Proxy.ConnectAsync();

        for (int round = 1; round <= 3; round++)
        {
            await client.SendAsync(RawHttp.Get("/again"));
            await world.Proxy.SubscribedAsync("again", round);
            await world.Proxy.Control.PublishResponseAsync("again", $"round {round}");
            Assert.Equal($"round {round}", (await client.ReadResponseAsync()).Body);
            Assert.Equal("plain", (await client.GetAsync("/plain")).Body);
        }
    }

    [Fact]
    public async Task Hold_WithAPreviousIdThatIsBehind_AsksTheOriginAgainWithTheLastId()
    {
        world.Origin.OnHold("/first", "response", "ids", "");
        await using RawHttp first = await world.Proxy.ConnectAsync();
        await first.SendAsync(RawHttp.Get("/first"));
        await world.Proxy.SubscribedAsync("ids");
        await world.Proxy.Control.PublishResponseAsync("ids", "two", id: "2", prevId: "1");
        Assert.Equal("two", (await first.ReadResponseAsync()).Body);
        world.Origin.On("/behind", context =>
        {
            // The second time the origin knows better and answers at once.
            if (context.Request.Headers.ContainsKey("Grip-Last"))
            {
                return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "caught up");
            }

            context.Response.Headers["Grip-Hold"] = "response";
            context.Response.Headers["Grip-Channel"] = "ids; prev-id=1";
            return Task.CompletedTask;
        });

        RawResponse answer = await first.GetAsync("/behind");

        Assert.Equal("caught up", answer.Body);
        Assert.Null((await world.Origin.NextRequestAsync("/behind")).Header("Grip-Last"));
        Assert.Equal("ids; last-id=1", (await world.Origin.NextRequestAsync("/behind")).Header("Grip-Last"));
    }

    [Fact]
    public async Task Publish_ToAnotherChannel_LeavesTheClientHeld()
    {
        world.Origin.OnHold("/mine", "response", "mine", "");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/mine"));
        await world.Proxy.SubscribedAsync("mine");

        await world.Proxy.Control.PublishResponseAsync("mine-not", "wrong");
        await world.Proxy.Control.PublishResponseAsync("mine", "right");

        Assert.Equal("right", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Publish_ToOneOfTwoChannels_AnswersTheClientHeldOnBoth()
    {
        world.Origin.OnHold("/both", "response", "left, right", "");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/both"));
        await world.Proxy.SubscribedAsync("right");

        await world.Proxy.Control.PublishResponseAsync("right", "from the right");

        Assert.Equal("from the right", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Hold_OfAnHttp10Client_IsAnsweredAndClosed()
    {
        world.Origin.OnHold("/old", "response", "old", "");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync("GET /old HTTP/1.0\r\nHost: example.test\r\n\r\n");
        await world.Proxy.SubscribedAsync("old");

        await world.Proxy.Control.PublishResponseAsync("old", "late but there");

        RawResponse answer = await client.ReadResponseAsync();
        Assert.Equal("late but there", answer.Body);
        Assert.True(await client.IsClosedAsync());
    }
}
