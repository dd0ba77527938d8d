using System.Net;
using GripProxy.Functional.Tests.Fixture;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Functional.Tests;

/// <summary>
/// What publishers and origins write becomes header lines, requests and log lines of others; it stays what it is and never becomes a line of
/// its own (DIF-81, DIF-82, DIF-85).
/// </summary>
public sealed class HostileContentTests(ProxyWithOrigin world) : IClassFixture<ProxyWithOrigin>
{
    [Theory]
    [InlineData("""{"headers":{"X-A":"1\r\nX-Injected: 1"},"body":"b"}""")]
    [InlineData("""{"headers":{"X-A":"1\nX-Injected: 1"},"body":"b"}""")]
    [InlineData("""{"headers":{"X-A":"1\u0000"},"body":"b"}""")]
    [InlineData("""{"headers":{"X-A\r\nX-Injected":"1"},"body":"b"}""")]
    [InlineData("""{"headers":{"X-A: 1\r\nX-Injected":"1"},"body":"b"}""")]
    [InlineData("""{"headers":{"X A":"1"},"body":"b"}""")]
    [InlineData("""{"headers":{"":"1"},"body":"b"}""")]
    [InlineData("""{"headers":[["X-A","1\r\n\r\nHTTP/1.1 200 OK"]],"body":"b"}""")]
    [InlineData("""{"reason":"OK\r\nX-Injected: 1","body":"b"}""")]
    [InlineData("""{"reason":"OK\r\n\r\ninjected","body":"b"}""")]
    public async Task PublishedHead_WithLineBreaks_IsRefusedAndTheHoldGoesOn(string format)
    {
        string path = $"/published-{Guid.NewGuid():N}";
        string channel = path[1..];
        world.Origin.OnHold(path, "response", channel, "late");
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get(path));
        await world.Proxy.SubscribedAsync(channel);

        using HttpResponseMessage refusal = await world.Proxy.Control.PostAsync(
            $$$"""{"items":[{"channel":"{{{channel}}}","formats":{"http-response":{{{format}}}}}]}""");
        await world.Proxy.Control.PublishResponseAsync(channel, "good");
        RawResponse answer = await client.ReadResponseAsync();

        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
        Assert.EndsWith("with invalid value\n", await refusal.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("good", answer.Body);
        Assert.Null(answer.Header("X-Injected"));
    }

    [Theory]
    [InlineData(""" "channel":"c\r\nX-Injected: 1" """)]
    [InlineData(""" "channel":"c\u0000" """)]
    [InlineData(""" "channel":"c","id":"1\r\nX-Injected: 1" """)]
    [InlineData(""" "channel":"c","id":"2","prev-id":"1\nX-Injected: 1" """)]
    public async Task PublishedName_WithLineBreaks_IsRefused(string members)
    {
        using HttpResponseMessage refusal = await world.Proxy.Control.PostAsync(
            """{"items":[{""" + members + ""","formats":{"http-response":{"body":"b"}}}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
    }

    [Theory]
    [InlineData("""{"response":{"headers":{"X-A":"1\r\nX-Injected: 1"}}}""")]
    [InlineData("""{"response":{"headers":{"X-A\r\nX-Injected: 1":"1"}}}""")]
    [InlineData("""{"response":{"headers":[["X-A","1\u0000"]]}}""")]
    [InlineData("""{"response":{"reason":"OK\r\nX-Injected: 1"}}""")]
    [InlineData("""{"hold":{"channels":[{"name":"c\r\nX-Injected: 1"}]}}""")]
    [InlineData("""{"hold":{"channels":[{"name":"c","prev-id":"1\r\nX-Injected: 1"}]}}""")]
    public async Task Instruct_WithLineBreaks_IsRefused(string json)
    {
        string path = $"/instruct-{Guid.NewGuid():N}";
        world.Origin.On(path, context =>
        {
            context.Response.ContentType = "application/grip-instruct";
            return context.Response.WriteAsync(json);
        });
        await using RawHttp client = await world.Proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync(path);

        Assert.Equal(502, answer.Status);
        Assert.Null(answer.Header("X-Injected"));
    }

    [Fact]
    public async Task Log_OfEscapesInHeaders_HoldsNoneOfThem()
    {
        world.Origin.OnText("/log", "log");
        await using RawHttp client = await world.Proxy.ConnectAsync();

        await client.GetAsync("/log", "example.test", "Referer: \u001b[31m\u009b1mforged\u0085");
        string line = await world.Proxy.Output.WaitForAsync(text => text.Contains(" GET http://example.test/log ", StringComparison.Ordinal));

        Assert.Contains("forged", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
    }
}
