using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.SockJs;

/// <summary>Clients that go away while a request of theirs waits for frames.</summary>
public sealed class VanishedClientTests(ProxyWithSockJs world) : IClassFixture<ProxyWithSockJs>
{
    private static int s_lastSession;

    [Theory]
    [InlineData("xhr", true)]
    [InlineData("xhr", false)]
    [InlineData("xhr_streaming", true)]
    [InlineData("xhr_streaming", false)]
    public async Task Client_LeavesWhileItsRequestWaits_ClosesTheSession(string transport, bool reset)
    {
        string session = $"/native/0/vanished{Interlocked.Increment(ref s_lastSession)}";
        string channel = $"sockjs-{transport}-{(reset ? "reset" : "end")}";
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await PostAsync(client, $"{session}/{transport}?channel={channel}");
        if (transport == "xhr")
        {
            Assert.Equal("o\n", (await client.ReadResponseAsync()).Body);
            await world.Proxy.SubscribedAsync(channel);
            await PostAsync(client, $"{session}/xhr");
            // What comes back proves that the request waits.
            await world.PublishAsync(channel, "one");
            Assert.Equal("a[\"one\"]\n", (await client.ReadResponseAsync()).Body);
            await PostAsync(client, $"{session}/xhr");
        }
        else
        {
            await client.ReadThroughAsync("o\n");
        }

        if (reset)
        {
            client.Reset();
        }
        else
        {
            await client.DisposeAsync();
        }

        string end = await world.Sessions.NextEndAsync();
        Assert.True(end.StartsWith("close ", StringComparison.Ordinal), end);
        await using RawHttp other = await world.Proxy.ConnectAsync();
        await PostAsync(other, $"{session}/xhr_send", "[\"late\"]");
        Assert.Equal(404, (await other.ReadResponseAsync()).Status);
    }

    private static Task PostAsync(RawHttp client, string target, string body = "") =>
        client.SendAsync($"POST {target} HTTP/1.1\r\nHost: example.test\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
