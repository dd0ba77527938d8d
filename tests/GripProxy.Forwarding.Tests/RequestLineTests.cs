using GripProxy.Forwarding.Tests.Support;

namespace GripProxy.Forwarding.Tests;

/// <summary>The request line (CLI-11).</summary>
public sealed class RequestLineTests
{
    private const string Request = "GET /a?x=1 HTTP/1.1\r\nHost: h:81\r\nX-Forwarded-For: 1.2.3.4, 5.6.7.8\r\nReferer: http://r/\r\nUser-Agent: a\u009bb\r\n\r\n";

    [Theory]
    [InlineData("*,id=r1", "", " ref=http://r/ route=r1 code=200 5 ua=a\\x9bb")]
    [InlineData("*", "from", " from=1.2.3.4 ref=http://r/ code=200 5 ua=a\\x9bb")]
    [InlineData("*", "peer", " from=127.0.0.1 ref=http://r/ code=200 5 ua=a\\x9bb")]
    public async Task Handle_Options_AddTheirParts(string condition, string from, string rest)
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        var options = new ForwardingOptions { LogUserAgent = true, LogFrom = from.Length > 0 };
        if (from == "peer")
            options.ForwardedFor = new(0, false);
        await using var front = await ProxyFront.StartAsync(options, $"{condition} {origin.Address}");

        await front.SendAsync(Request);

        Assert.Equal($"GET http://h:81/a?x=1 -> {origin.Address}{rest}", await front.Logs.NextAsync("RequestLog"));
    }

    [Fact]
    public async Task Handle_QuietRoute_WritesNothing()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"quiet,log_level=1 {origin.Address}", $"* {origin.Address}");

        await front.SendAsync("GET /quiet HTTP/1.1\r\nHost: quiet\r\n\r\n");
        await front.SendAsync("GET /loud HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Contains("/loud", await front.Logs.NextAsync("RequestLog"), StringComparison.Ordinal);
    }
}
