using GripProxy.Forwarding.Tests.Support;

namespace GripProxy.Forwarding.Tests;

/// <summary>Plain proxying, with real sockets on both sides.</summary>
public sealed class RelayTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/?")]
    [InlineData("/a/../b/./c?x=/../y")]
    [InlineData("/p%20q/%E2%82%AC")]
    [InlineData("/a%2fb/c%zz")]
    [InlineData("//double//slash")]
    [InlineData("/d|e\"[]'{}")]
    [InlineData("/q?u=http://h/p?x=y")]
    [InlineData("/?q=%22%3C%3E")]
    [InlineData("/back\\slash")]
    public async Task Handle_OddTarget_ReachesOriginByteForByte(string target)
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync($"GET {target} HTTP/1.1\r\nHost: h.example\r\n\r\n");

        Assert.Equal("ok", response.Body);
        Assert.Equal(target, origin.Single.Target);
    }

    [Theory]
    [InlineData("GET http://h.example/a/../b?c HTTP/1.1", "/a/../b?c")]
    [InlineData("GET http://h.example HTTP/1.1", "/")]
    [InlineData("GET http://h.example?q HTTP/1.1", "/?q")]
    [InlineData("OPTIONS * HTTP/1.1", "/")]
    public async Task Handle_OtherForms_AreTakenByTheirPath(string line, string target)
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        await front.SendAsync($"{line}\r\nHost: h.example\r\n\r\n");

        Assert.Equal(target, origin.Single.Target);
        Assert.Equal("h.example", origin.Single.Header("Host"));
    }

    [Fact]
    public async Task Handle_AbsoluteTarget_ItsHostCounts()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var front = await ProxyFront.StartAsync($"right.example {origin.Address}");

        var response = await front.SendAsync("GET http://right.example/x HTTP/1.1\r\nHost: wrong.example\r\n\r\n");

        Assert.Equal(200, response.Code);
        Assert.Equal("right.example", origin.Single.Header("Host"));
    }

    [Fact]
    public async Task Handle_Request_HostIsFirstAndValuesPassAsBytes()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        await front.SendAsync("GET /x HTTP/1.1\r\nX-Utf: \u00c3\u00a9\u00ff\r\nHost: H.example:81\r\nX-Empty:\r\nX-Two: a\r\nX-Two: b\r\nCookie: c=1\r\nCookie: d=2\r\n\r\n");

        var request = origin.Single;
        Assert.Equal(new KeyValuePair<string, string>("Host", "H.example:81"), request.Headers[0]);
        Assert.Equal("\u00c3\u00a9\u00ff", request.Header("X-Utf"));
        Assert.Equal("", request.Header("X-Empty"));
        Assert.Equal("a, b", request.Header("X-Two"));
        Assert.Equal("c=1; d=2", request.Header("Cookie"));
        Assert.Null(request.Header("Traceparent"));
    }

    [Fact]
    public async Task Handle_Answer_StatusReasonAndHeadersPass()
    {
        await using var origin = RawOrigin.Answering(
            "HTTP/1.1 299 Quite Odd\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: o\r\nVia: 1.1 v\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2, c\r\n"
            + "X-Utf: \u00c3\u00a9\r\nContent-Encoding: gzip\r\nKeep-Alive: timeout=5\r\nGrip-Foo: x\r\nContent-Length: 1\r\n\r\nz");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((299, "Quite Odd", "z"), (response.Code, response.Reason, response.Body));
        Assert.Equal("Thu, 01 Jan 1970 00:00:00 GMT", response.Header("Date"));
        Assert.Equal("a=1|b=2, c", response.Header("Set-Cookie"));
        Assert.Equal(("o", "1.1 v", "\u00c3\u00a9"), (response.Header("Server"), response.Header("Via"), response.Header("X-Utf")));
        Assert.Equal("gzip", response.Header("Content-Encoding"));
        Assert.Null(response.Header("Keep-Alive"));
        Assert.Null(response.Header("Grip-Foo"));
    }

    [Fact]
    public async Task Handle_ChunkedBothWays_BodiesArriveWhole()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n3\r\n123\r\n0\r\n\r\n");

        Assert.Equal("abcde", response.Body);
        Assert.Equal("chunked", response.Header("Transfer-Encoding"));
        Assert.Null(response.Header("Connection"));
        Assert.Equal("body123", origin.Single.Body);
    }

    [Fact]
    public async Task Handle_AnswerUntilClose_ArrivesWhole()
    {
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\nto the end");
        });
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        Assert.Equal("to the end", (await front.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")).Body);
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n")]
    public async Task Handle_InterimAnswer_IsNotTheAnswer(string interim)
    {
        await using var origin = RawOrigin.Answering(interim + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((200, "ok", null), (response.Code, response.Body, response.Header("Link")));
    }

    [Fact]
    public async Task Handle_ContentHeadersWithoutBody_Pass()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\nContent-Type: text/x\r\nContent-Language: de\r\n\r\n");

        Assert.Equal("ok", response.Body);
        Assert.Equal(("text/x", "de"), (origin.Single.Header("Content-Type"), origin.Single.Header("Content-Language")));
    }

    [Fact]
    public async Task Handle_Head_LengthPassesAndConnectionGoesOn()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
            Assert.Equal("77", (await client.ReadResponseAsync(head: true)).Header("Content-Length"));
        }
    }

    [Theory]
    [InlineData("304 Not Modified", "ETag: \"v\"\r\n")]
    [InlineData("304 Not Modified", "Content-Length: 9\r\n")]
    [InlineData("204 No Content", "")]
    public async Task Handle_AnswerWithoutBody_ConnectionGoesOn(string status, string header)
    {
        await using var origin = RawOrigin.Answering($"HTTP/1.1 {status}\r\n{header}\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
            var response = await client.ReadResponseAsync();
            Assert.Equal(status, $"{response.Code} {response.Reason}");
        }
    }

    [Fact]
    public async Task Handle_Pipelined_AnswersComeInOrder()
    {
        await using var origin = RawOrigin.Answering(r => $"HTTP/1.1 200 OK\r\nContent-Length: {r.Target.Length}\r\n\r\n{r.Target}");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal("/1", (await client.ReadResponseAsync()).Body);
        Assert.Equal("/2", (await client.ReadResponseAsync()).Body);
        Assert.Equal("/3", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Handle_Http10WithoutHost_OriginSeesLocalhostAndBodyEndsWithTheConnection()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync("GET /x HTTP/1.0\r\n\r\n");

        Assert.Equal("abc", response.Body);
        Assert.Null(response.Header("Transfer-Encoding"));
        Assert.Equal("localhost", origin.Single.Header("Host"));
    }

    [Fact]
    public async Task Handle_Expect_ProxyContinuesItself()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        Assert.Equal(100, (await client.ReadResponseAsync()).Code);
        await client.SendAsync("hello");

        Assert.Equal("done", (await client.ReadResponseAsync()).Body);
        Assert.Equal("hello", origin.Single.Body);
        Assert.Null(origin.Single.Header("Expect"));
    }

    [Fact]
    public async Task Handle_LargeUpload_OriginSeesItsStartBeforeItsEnd()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.ReadExactlyAsync(150_000);
            seen.SetResult();
            await connection.ReadExactlyAsync(150_000);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + new string('u', 150_000));
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await client.SendAsync(new string('u', 150_000));

        Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Handle_ClientLeaves_OriginConnectionEnds()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            asked.SetResult();
            await connection.ReadToEndAsync();
            ended.SetResult();
        });
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        client.Reset();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal($"GET http://h/x -> {origin.Address} error", await front.Logs.NextAsync("RequestLog"));
    }

    [Fact]
    public async Task Handle_OtherUpgrade_IsNotRelayed()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: x\r\n\r\n");

        Assert.Equal((502, "Error while proxying to origin.\n"), (response.Code, response.Body));
    }
}
