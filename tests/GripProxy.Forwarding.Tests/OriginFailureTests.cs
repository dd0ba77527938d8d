using GripProxy.Forwarding.Tests.Support;

namespace GripProxy.Forwarding.Tests;

/// <summary>Origins that are down, slow, or talk nonsense (HTTP-09, HTTP-20).</summary>
public sealed class OriginFailureTests
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task Handle_NoRoute_SaysSo()
    {
        await using var front = await ProxyFront.StartAsync("only.example 127.0.0.1:1");

        var response = await front.SendAsync(Get);

        Assert.Equal((502, "Bad Gateway", "Route not found\n", "text/plain"), (response.Code, response.Reason, response.Body, response.Header("Content-Type")));
        Assert.Equal("GET http://h/x code=502 16", await front.Logs.NextAsync("RequestLog"));
    }

    [Fact]
    public async Task Handle_NobodyListens_GivesTheStandardText()
    {
        await using var front = await ProxyFront.StartAsync($"* 127.0.0.1:{RawOrigin.ClosedPort()}");

        var response = await front.SendAsync(Get);

        Assert.Equal((502, "Error while proxying to origin.\n", "text/plain"), (response.Code, response.Body, response.Header("Content-Type")));
    }

    [Fact]
    public async Task Handle_NobodyListensInDebug_NamesAllTargets()
    {
        var first = RawOrigin.ClosedPort();
        var second = RawOrigin.ClosedPort();
        await using var front = await ProxyFront.StartAsync($"*,debug 127.0.0.1:{first} 127.0.0.1:{second}");

        var response = await front.SendAsync(Get);

        Assert.Equal($"Unable to connect to any targets. Tried: 127.0.0.1:{first}, 127.0.0.1:{second}\n", response.Body);
    }

    [Fact]
    public async Task Handle_FirstTargetDown_SecondGetsTheWholeBody()
    {
        await using var origin = RawOrigin.Answering(Ok);
        await using var front = await ProxyFront.StartAsync($"* 127.0.0.1:{RawOrigin.ClosedPort()} {origin.Address}");

        var response = await front.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");

        Assert.Equal((200, "ok"), (response.Code, response.Body));
        Assert.Equal("hello", origin.Single.Body);
    }

    [Fact]
    public async Task Handle_FirstTargetBreaksTlsInTheBody_SecondGetsTheWholeBody()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var plain = RawOrigin.Serving(async connection =>
        {
            asked.SetResult();
            await connection.SendAsync("no TLS here\r\n\r\n");
        });
        await using var origin = RawOrigin.Answering(Ok);
        await using var front = await ProxyFront.StartAsync($"* {plain.Address},ssl {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await client.SendAsync("5\r\nlater\r\n0\r\n\r\n");

        Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        Assert.Equal("firstlater", origin.Single.Body);
    }

    [Fact]
    public async Task Handle_FirstTargetSpeaksNoTls_SecondIsTried()
    {
        await using var plain = RawOrigin.Serving(async connection => await connection.SendAsync("no TLS here\r\n\r\n"));
        await using var origin = RawOrigin.Answering(Ok);
        await using var front = await ProxyFront.StartAsync($"* {plain.Address},ssl {origin.Address}");

        Assert.Equal("ok", (await front.SendAsync(Get)).Body);
    }

    [Fact]
    public async Task Handle_ErrorAnswer_SecondIsNotTried()
    {
        await using var first = RawOrigin.Answering("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
        await using var second = RawOrigin.Answering(Ok);
        await using var front = await ProxyFront.StartAsync($"* {first.Address} {second.Address}");

        Assert.Equal((503, "busy"), ((await front.SendAsync(Get)) is var r ? (r.Code, r.Body) : default));
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task Handle_DroppedConnection_SecondIsNotTried()
    {
        await using var first = RawOrigin.Serving(connection => connection.ReadRequestAsync());
        await using var second = RawOrigin.Answering(Ok);
        await using var front = await ProxyFront.StartAsync($"* {first.Address} {second.Address}");

        Assert.Equal(502, (await front.SendAsync(Get)).Code);
        Assert.Empty(second.Requests);
    }

    [Theory]
    [InlineData("NONSENSE\r\n\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: a\u0001b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")]
    public async Task Handle_Nonsense_GivesTheStandardText(string nonsense)
    {
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync(nonsense);
        });
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync(Get);

        Assert.Equal((502, "Error while proxying to origin.\n"), (response.Code, response.Body));
    }

    [Theory]
    [InlineData(257, 502)]
    [InlineData(254, 200)]
    public async Task Handle_ManyAnswerHeaders_AreLimited(int count, int code)
    {
        var headers = string.Concat(Enumerable.Range(0, count).Select(i => $"X-{i}: v\r\n"));
        await using var origin = RawOrigin.Answering($"HTTP/1.1 200 OK\r\n{headers}Content-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        Assert.Equal(code, (await front.SendAsync(Get)).Code);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nstart")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nstart\r\n")]
    public async Task Handle_OriginDiesInTheBody_ClientSeesTheCut(string rest)
    {
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\n" + rest);
            await received.Task;
        });
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get);
        await client.ReadUntilAsync("start");
        received.SetResult();
        var body = await client.ReadToEndAsync();

        Assert.DoesNotContain("0\r\n\r\n", body, StringComparison.Ordinal);
        Assert.Equal($"GET http://h/x -> {origin.Address} error", await front.Logs.NextAsync("RequestLog"));
    }

    [Fact]
    public async Task Handle_OriginDiesInTheBodyInDebug_BodyEndsWithTheReason()
    {
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nstart\r\n");
        });
        await using var front = await ProxyFront.StartAsync($"*,debug {origin.Address}");

        var response = await front.SendAsync(Get);

        Assert.Equal($"start\n\nUnable to connect to any targets. Tried: {origin.Address}\n", response.Body);
    }

    [Fact]
    public async Task Handle_NoAnswerInTime_Gives504()
    {
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.ReadToEndAsync();
        });
        var options = new ForwardingOptions { ResponseTimeout = TimeSpan.FromMilliseconds(50) };
        await using var front = await ProxyFront.StartAsync(options, $"* {origin.Address}");

        var response = await front.SendAsync(Get);

        Assert.Equal((504, "Gateway Timeout", "Error while proxying to origin.\n"), (response.Code, response.Reason, response.Body));
    }

    [Fact]
    public async Task Handle_SlowBodyAfterTheHead_ResponseTimeoutDoesNotMatter()
    {
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
            await received.Task;
            await connection.SendAsync("k");
        });
        var options = new ForwardingOptions { ResponseTimeout = TimeSpan.FromSeconds(19) };
        await using var front = await ProxyFront.StartAsync(options, $"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(Get);
        await client.ReadUntilAsync("\r\n\r\no");
        received.SetResult();

        Assert.Equal("k", await client.ReadExactlyAsync(1));
    }

    [Fact]
    public async Task Handle_UntrustedLoopbackTarget_IsBlocked()
    {
        await using var origin = RawOrigin.Answering(Ok);
        await using var front = await ProxyFront.StartAsync($"*,debug localhost:{origin.Port},untrusted");

        var response = await front.SendAsync(Get);

        Assert.Equal((502, "Error: Origin host/IP blocked.\n"), (response.Code, response.Body));
        Assert.Empty(origin.Requests);
    }

    [Theory]
    [InlineData("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n", "invalid request target")]
    [InlineData("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "invalid content length")]
    [InlineData("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "unsupported transfer encoding")]
    [InlineData("POST /x HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "unsupported transfer encoding")]
    public async Task Handle_AmbiguousRequest_IsRefusedAndConnectionEnds(string request, string reason)
    {
        await using var origin = RawOrigin.Answering(Ok);
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(request);
        var response = await client.ReadResponseAsync();

        Assert.Equal((400, $"Failed to parse request: {reason}\n"), (response.Code, response.Body));
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task Handle_BrokenChunks_AreRefusedAndConnectionEnds()
    {
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.ReadToEndAsync();
        });
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        var response = await client.ReadResponseAsync();

        Assert.Equal((400, "Failed to parse request: invalid body\n"), (response.Code, response.Body));
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Handle_InvalidHandshake_IsRefused()
    {
        await using var front = await ProxyFront.StartAsync("* 127.0.0.1:1");

        var response = await front.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");

        Assert.Equal((400, "text/plain"), (response.Code, response.Header("Content-Type")));
        Assert.StartsWith("Request contained an Upgrade header", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_WebSocketEventsFromAnybody_AreForbidden()
    {
        await using var front = await ProxyFront.StartAsync("* 127.0.0.1:1,over_http");

        var response = await front.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Type: application/websocket-events\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal((403, "Client not allowed to send WebSocket events directly.\n"), (response.Code, response.Body));
    }
}
