using GripProxy.Forwarding.Tests.Support;

namespace GripProxy.Forwarding.Tests;

/// <summary>Which route a request takes, and what that does to it (RTE-12…16, HTTP-43).</summary>
public sealed class RouteChoiceTests
{
    [Theory]
    [InlineData("Pushpin-Route: one", "one")]
    [InlineData("Pushpin-Route: twice", "default")]
    [InlineData("Pushpin-Route: unknown", "Route not found\n")]
    [InlineData("X-Other: x", "default")]
    public async Task Handle_PushpinRoute_ChoosesById(string header, string expected)
    {
        await using var one = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
        await using var other = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ndefault");
        await using var front = await ProxyFront.StartAsync(
            new ForwardingOptions { AcceptPushpinRoute = true },
            $",id=one {one.Address}", $"a,id=twice {one.Address}", $"b,id=twice {one.Address}", $"* {other.Address}");

        Assert.Equal(expected, (await front.SendAsync($"GET /x HTTP/1.1\r\nHost: h\r\n{header}\r\n\r\n")).Body);
    }

    [Theory]
    [InlineData("*,path_beg=/old/,replace_beg=/new/", "", "/new/x?q=1", "h:81")]
    [InlineData("*,path_rem=4,as_host=inner:99", "", "/x?q=1", "inner:99")]
    [InlineData("*,as_host=inner", ",host=last:7", "/old/x?q=1", "last:7")]
    public async Task Handle_Rewriting_ChangesTargetAndHost(string condition, string option, string target, string host)
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"{condition} {origin.Address}{option}");

        await front.SendAsync("GET /old/x?q=1 HTTP/1.1\r\nHost: h:81\r\n\r\n");

        Assert.Equal((target, host), (origin.Single.Target, origin.Single.Header("Host")));
    }

    [Theory]
    [InlineData("https", "secure")]
    [InlineData("wss", "secure")]
    [InlineData("HTTPS", "plain")]
    [InlineData("http", "plain")]
    public async Task Handle_ForwardedProto_IsBelievedWhereAsked(string proto, string expected)
    {
        await using var secure = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecure");
        await using var plain = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain");
        await using var front = await ProxyFront.StartAsync(
            new ForwardingOptions { AcceptForwardedProtocol = true }, $"*,ssl=yes {secure.Address}", $"*,ssl=no {plain.Address}");

        Assert.Equal(expected, (await front.SendAsync($"GET /x HTTP/1.1\r\nHost: h\r\nX-Forwarded-Proto: {proto}\r\n\r\n")).Body);
    }
}
