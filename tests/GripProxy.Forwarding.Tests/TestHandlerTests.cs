using GripProxy.Forwarding.Tests.Support;
using GripProxy.Protocol.Items;

namespace GripProxy.Forwarding.Tests;

/// <summary>The target <c>test</c> (RTE-20).</summary>
public sealed class TestHandlerTests
{
    [Theory]
    [InlineData("* test", "/", 200, "Hello from the GripProxy test handler!\n")]
    [InlineData("* test", "/other", 404, "no such test resource\n")]
    [InlineData("*,path_beg=/a/b test", "/a/b/", 200, "Hello from the GripProxy test handler!\n")]
    [InlineData("*,path_beg=/a/b test", "/a/b", 404, "no such test resource\n")]
    [InlineData("*,path_beg=/t/ test", "/t/?x", 200, "Hello from the GripProxy test handler!\n")]
    public async Task Handle_Page_IsAnswered(string route, string target, int code, string text)
    {
        await using var front = await ProxyFront.StartAsync(route);

        var response = await front.SendAsync($"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((code, text, "text/plain"), (response.Code, response.Body, response.Header("Content-Type")));
    }

    [Fact]
    public async Task Handle_Response_HoldsOnTheChannelsNamed()
    {
        await using var front = await ProxyFront.StartAsync("* test");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("GET /response/?channel=a&channel=b%20c HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.EndsWith("channel=a", await front.Logs.NextAsync("JoinSequence"), StringComparison.Ordinal);
        Assert.EndsWith("channel=b c", await front.Logs.NextAsync("JoinSequence"), StringComparison.Ordinal);
        front.Publish(new Item { Channel = "b c", HttpResponse = new HttpResponseFormat { Body = "now"u8.ToArray() } });

        Assert.Equal("now", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Handle_Stream_OpensOnTheDefaultChannel()
    {
        await using var front = await ProxyFront.StartAsync("* test");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");

        await client.ReadUntilAsync("\r\n\r\n");
        Assert.Equal("[stream opened]\n", await client.ReadChunkAsync());
        Assert.EndsWith("channel=test", await front.Logs.NextAsync("JoinSequence"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_LongBody_IsRefused()
    {
        await using var front = await ProxyFront.StartAsync("* test");

        var response = await front.SendAsync($"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100001\r\n\r\n{new string('b', 100_001)}");

        Assert.Equal((400, "request too large\n"), (response.Code, response.Body));
    }
}
