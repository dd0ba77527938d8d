using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

public sealed class StreamTests(ProxyWithOrigin world) : IClassFixture<ProxyWithOrigin>
{
    [Fact]
    public async Task Publish_ToHeldClient_ArrivesAfterTheFirstBodyInOrder()
    {
        world.Origin.OnHold("/stream", "stream", "stream", "open\n");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/stream"));
        RawResponse head = await client.ReadHeadAsync();
        await world.Proxy.SubscribedAsync("stream");

        foreach (string word in new[] { "one\n", "two\n", "three\n" })
        {
            await world.Proxy.Control.PublishStreamAsync("stream", word);
        }

        Assert.Equal(200, head.Status);
        Assert.Null(head.Header("Content-Length"));
        Assert.Equal("open\none\ntwo\nthree\n", await client.ReadStreamAsync("three\n"));
    }

    [Fact]
    public async Task Close_OfTheChannel_EndsTheStreamAndTheConnectionTakesTheNextRequest()
    {
        world.Origin.OnHold("/ending", "stream", "ending", "open\n");
        world.Origin.OnText("/after", "after");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/ending"));
        await client.ReadHeadAsync();
        await client.ReadStreamAsync("open\n");
        await world.Proxy.SubscribedAsync("ending");

        await world.Proxy.Control.CloseStreamsAsync("ending");

        Assert.Equal("", await client.ReadChunkAsync());
        Assert.Equal("after", (await client.GetAsync("/after")).Body);
    }

    [Fact]
    public async Task Stream_OfAnHttp10Client_IsPlainAndEndsByClosing()
    {
        world.Origin.OnHold("/old", "stream", "old", "open\n");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync("GET /old HTTP/1.0\r\nHost: example.test\r\n\r\n");
        RawResponse head = await client.ReadHeadAsync();
        await world.Proxy.SubscribedAsync("old");

        await world.Proxy.Control.PublishStreamAsync("old", "news\n");
        Assert.Equal("open\nnews\n", await client.ReadThroughAsync("news\n"));
        await world.Proxy.Control.CloseStreamsAsync("old");

        Assert.Null(head.Header("Transfer-Encoding"));
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task KeepAlive_InAQuietStream_ArrivesAgainAndAgain()
    {
        world.Origin.OnHold("/kept", "stream", "kept", "open\n", @"Grip-Keep-Alive: :\n; format=cstring; timeout=1");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/kept"));
        await client.ReadHeadAsync();

        Assert.Equal("open\n:\n:\n", await client.ReadStreamAsync(":\n:\n"));
    }

    [Fact]
    public async Task Publish_OutOfOrder_ArrivesInTheOrderOfTheIds()
    {
        world.Origin.OnHold("/sorted", "stream", "sorted", "");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/sorted"));
        await client.ReadHeadAsync();
        await world.Proxy.SubscribedAsync("sorted");

        await world.Proxy.Control.PublishStreamAsync("sorted", "a", id: "a");
        await world.Proxy.Control.PublishStreamAsync("sorted", "c", id: "c", prevId: "b");
        await world.Proxy.Control.PublishStreamAsync("sorted", "b", id: "b", prevId: "a");
        await world.Proxy.Control.PublishStreamAsync("sorted", "b again", id: "b", prevId: "a");
        await world.Proxy.Control.PublishStreamAsync("sorted", "d", id: "d", prevId: "c");

        Assert.Equal("abcd", await client.ReadStreamAsync("d"));
    }

    [Fact]
    public async Task Instruct_AsJsonDocument_HoldsAStream()
    {
        world.Origin.On("/json", context =>
        {
            context.Response.ContentType = "application/grip-instruct";
            return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, """
                {"hold":{"mode":"stream","channels":[{"name":"json"}]},
                 "response":{"headers":{"Content-Type":"text/event-stream"},"body":"event: open\n\n"}}
                """);
        });
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/json"));
        RawResponse head = await client.ReadHeadAsync();
        await world.Proxy.SubscribedAsync("json");

        await world.Proxy.Control.PublishStreamAsync("json", "data: 1\n\n");

        Assert.Equal("text/event-stream", head.Header("Content-Type"));
        Assert.Equal("event: open\n\ndata: 1\n\n", await client.ReadStreamAsync("1\n\n"));
    }
}
