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
        await using RawHttp client = transport == "xhr" ? await PollAsync(session, channel) : await StreamAsync(session, channel);

        if (reset)
        {
            client.Reset();
        }
        else
        {
            await client.DisposeAsync();
        }

        Assert.StartsWith("close ", await world.Sessions.EndAsync(channel), StringComparison.Ordinal);
        await using RawHttp other = await world.Proxy.ConnectAsync();
        await PostAsync(other, $"{session}/xhr_send", "[\"late\"]");
        Assert.Equal(404, (await other.ReadResponseAsync()).Status);
    }

    /// <summary>A connection with a request that waits. Of two, one is told that the other one waits.</summary>
    private async Task<RawHttp> PollAsync(string session, string channel)
    {
        RawHttp one = await world.Proxy.ConnectAsync();
        RawHttp other = await world.Proxy.ConnectAsync();
        await PostAsync(one, $"{session}/xhr?channel={channel}");
        Assert.Equal("o\n", (await one.ReadResponseAsync()).Body);
        await PostAsync(one, $"{session}/xhr");
        await PostAsync(other, $"{session}/xhr");
        Task<RawResponse> oneAnswer = one.ReadResponseAsync();
        Task<RawResponse> otherAnswer = other.ReadResponseAsync();
        Task<RawResponse> refused = await Task.WhenAny(oneAnswer, otherAnswer);
        Assert.StartsWith("c[2010,", (await refused).Body, StringComparison.Ordinal);
        await (refused == oneAnswer ? one : other).DisposeAsync();
        return refused == oneAnswer ? other : one;
    }

    private async Task<RawHttp> StreamAsync(string session, string channel)
    {
        RawHttp client = await world.Proxy.ConnectAsync();
        await PostAsync(client, $"{session}/xhr_streaming?channel={channel}");
        await client.ReadThroughAsync("o\n");
        return client;
    }

    private static Task PostAsync(RawHttp client, string target, string body = "") =>
        client.SendAsync($"POST {target} HTTP/1.1\r\nHost: example.test\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
