using System.Text.Json;
using GripProxy.Forwarding.SockJs;
using GripProxy.Forwarding.Tests.Support;

namespace GripProxy.Forwarding.Tests.SockJs;

/// <summary>What is answered without a session (SJS-02).</summary>
public sealed class SockJsEndpointTests
{
    private const string NoCache = "no-store, no-cache, must-revalidate, max-age=0";

    [Fact]
    public async Task Info_Client_LearnsWhatThereIs()
    {
        await using var front = await StartAsync();

        var answer = await front.SendAsync("GET /chat/info HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((200, "text/plain"), (answer.Code, answer.Header("Content-Type")));
        Assert.Matches("^\\{\"cookie_needed\":false,\"entropy\":[0-9]+,\"origins\":\\[\"\\*:\\*\"\\],\"websocket\":true\\}\n$", answer.Body);
        Assert.InRange(JsonDocument.Parse(answer.Body).RootElement.GetProperty("entropy").GetUInt64(), 0UL, uint.MaxValue);
        Assert.Equal((NoCache, "*", "true"), Common(answer));
    }

    [Fact]
    public async Task Any_PageOfAnotherSite_IsNamed()
    {
        await using var front = await StartAsync();

        var answer = await front.SendAsync("GET /chat/info HTTP/1.1\r\nHost: h\r\nOrigin: http://site.example\r\n\r\n");

        Assert.Equal((NoCache, "http://site.example", "true"), Common(answer));
    }

    [Theory]
    [InlineData("/chat/info")]
    [InlineData("/chat/0/s/xhr_send")]
    [InlineData("/chat")]
    public async Task Options_AnyPath_HasNoContent(string path)
    {
        await using var front = await StartAsync();

        var answer = await front.SendAsync($"OPTIONS {path} HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((204, "text/plain"), (answer.Code, answer.Header("Content-Type")));
        Assert.Equal((NoCache, "*", "true"), Common(answer));
    }

    [Theory]
    [InlineData("/chat/iframe.html")]
    [InlineData("/chat/iframe-x1.html?a=b")]
    public async Task Iframe_Page_LoadsTheClientLibrary(string path)
    {
        await using var front = await StartAsync();

        var answer = await front.SendAsync($"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((200, "text/html; charset=UTF-8"), (answer.Code, answer.Header("Content-Type")));
        Assert.Equal("public, max-age=31536000", answer.Header("Cache-Control"));
        Assert.Contains("src=\"http://cdn.example/s.js?a=1&amp;b=%22\"", answer.Body, StringComparison.Ordinal);
        Assert.Contains("SockJS.bootstrap_iframe()", answer.Body, StringComparison.Ordinal);
        Assert.Matches("^\"[0-9a-f]{32}\"$", answer.Header("ETag"));
    }

    [Theory]
    [InlineData("{0}", 304)]
    [InlineData("W/{0}", 304)]
    [InlineData("\"other\", {0}", 304)]
    [InlineData("*", 304)]
    [InlineData("\"other\"", 200)]
    [InlineData("other", 200)]
    public async Task Iframe_PageIsKnown_IsNotSentAgain(string known, int code)
    {
        await using var front = await StartAsync();
        var tag = (await front.SendAsync("GET /chat/iframe.html HTTP/1.1\r\nHost: h\r\n\r\n")).Header("ETag");

        var answer = await front.SendAsync(
            $"GET /chat/iframe.html HTTP/1.1\r\nHost: h\r\nIf-None-Match: {known.Replace("{0}", tag, StringComparison.Ordinal)}\r\n\r\n");

        Assert.Equal((code, tag), (answer.Code, answer.Header("ETag")));
    }

    [Theory]
    [InlineData("GET", "/chat")]
    [InlineData("GET", "/chat/")]
    [InlineData("GET", "/chatter")]
    [InlineData("POST", "/chat/info")]
    [InlineData("GET", "/chat/iframe.htm")]
    [InlineData("GET", "/chat/0/s/xhr")]
    [InlineData("GET", "/chat/0/s/xhr_streaming")]
    [InlineData("POST", "/chat/0/s/eventsource")]
    [InlineData("PUT", "/chat/0/s/xhr")]
    [InlineData("PUT", "/chat/0/s/jsonp")]
    [InlineData("GET", "/chat/0/s/htmlfile?c=f")]
    [InlineData("POST", "/chat/0/s")]
    [InlineData("POST", "/chat/0/s/x/xhr")]
    [InlineData("POST", "/chat/0//xhr")]
    [InlineData("POST", "/chat//s/xhr")]
    [InlineData("POST", "/chat/0/s/xhr_send")]
    [InlineData("GET", "/chat/0/s/jsonp_send?d=%5B%22x%22%5D")]
    [InlineData("GET", "/chat/websocket")]
    public async Task Unknown_PathOrMethodOrSession_IsNotFound(string method, string path)
    {
        await using var front = await StartAsync();

        var answer = await front.SendAsync($"{method} {path} HTTP/1.1\r\nHost: h\r\n{(method == "GET" ? "" : "Content-Length: 0\r\n")}\r\n");

        Assert.Equal((404, "text/plain", "Not Found\n"), (answer.Code, answer.Header("Content-Type"), answer.Body));
        Assert.Equal((NoCache, "*", "true"), Common(answer));
    }

    [Fact]
    public async Task WebSocket_UnknownPath_IsNotFound()
    {
        await using var front = await StartAsync();

        var answer = await front.SendAsync(
            "GET /chat/other HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");

        Assert.Equal((404, "Not Found\n"), (answer.Code, answer.Body));
    }

    [Theory]
    [InlineData("Content-Length: 100001\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n")]
    public async Task Body_TooLong_IsRefused(string framing)
    {
        await using var front = await StartAsync();
        await using var client = await front.ConnectAsync();
        await client.SendAsync($"POST /chat/0/s/xhr HTTP/1.1\r\nHost: h\r\n{framing}");
        if (framing.StartsWith('T'))
            await client.SendAsync($"186a1\r\n{new string('x', 100_001)}\r\n0\r\n\r\n");

        var answer = await client.ReadResponseAsync();

        Assert.Equal((400, "Request too large.\n"), (answer.Code, answer.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?c=")]
    [InlineData("?callback=alert(1)%2F%2F")]
    [InlineData("?other=f")]
    public async Task Jsonp_NoCallback_IsABadRequest(string query)
    {
        await using var front = await StartAsync();

        var answer = await front.SendAsync($"GET /chat/0/s/jsonp{query} HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((400, "Bad Request\n"), (answer.Code, answer.Body));
    }

    [Fact]
    public async Task Any_OtherPath_GoesToTheOrigin()
    {
        await using var front = await StartAsync("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\norigin");

        Assert.Equal("origin", (await front.SendAsync("GET /other HTTP/1.1\r\nHost: h\r\n\r\n")).Body);
    }

    [Theory]
    [InlineData("xhr", "/chat?a=1")]
    [InlineData("xhr_streaming", "/chat?a=1")]
    public async Task Open_OriginRefuses_ClientGetsItsAnswer(string transport, string path)
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 403 No Entry\r\nX-Why: because\r\nContent-Length: 4\r\n\r\ngo!\n");
        await using var front = await ProxyFront.StartAsync($"*,sockjs=/chat {origin.Address}");

        var answer = await front.SendAsync(
            $"POST /chat/0/s/{transport}?a=1 HTTP/1.1\r\nHost: h\r\nCookie: k=v\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal((403, "No Entry", "because", "go!\n"), (answer.Code, answer.Reason, answer.Header("X-Why"), answer.Body));
        Assert.Equal((NoCache, "*", "true"), Common(answer));
        Assert.Equal($"GET {path} HTTP/1.1", origin.Single.Line);
        Assert.Equal(("k=v", null), (origin.Single.Header("Cookie"), origin.Single.Header("Content-Length")));
        Assert.Equal(404, (await front.SendAsync("POST /chat/0/s/xhr_send HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")).Code);
    }

    [Fact]
    public async Task Open_OriginIsDown_IsABadGateway()
    {
        await using var front = await ProxyFront.StartAsync($"*,sockjs=/chat 127.0.0.1:{RawOrigin.ClosedPort()}");

        var answer = await front.SendAsync("POST /chat/0/s/xhr HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal((502, "Error while proxying to origin.\n"), (answer.Code, answer.Body));
        Assert.Equal((NoCache, "*", "true"), Common(answer));
    }

    private static (string?, string?, string?) Common(RawResponse answer) => (
        answer.Header("Cache-Control"), answer.Header("Access-Control-Allow-Origin"), answer.Header("Access-Control-Allow-Credentials"));

    private static Task<ProxyFront> StartAsync(string? originAnswer = null)
    {
        var options = new ForwardingOptions { SockJs = new SockJsOptions { ScriptUrl = "http://cdn.example/s.js?a=1&b=%22" } };
        var origin = originAnswer is null ? null : RawOrigin.Answering(originAnswer);
        return ProxyFront.StartAsync(options, $"*,sockjs=/chat {origin?.Address ?? "127.0.0.1:1"}");
    }
}
