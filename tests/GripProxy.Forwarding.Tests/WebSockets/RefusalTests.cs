using GripProxy.Forwarding.Tests.Support;

namespace GripProxy.Forwarding.Tests.WebSockets;

/// <summary>Handshakes that fail (WS-01, WS-04, HTTP-09, HTTP-20).</summary>
public sealed class RefusalTests
{
    private const string OriginError = "Error while proxying to origin.\n";

    [Fact]
    public async Task Handle_OriginRefuses_ItsAnswerReachesTheClient()
    {
        await using var origin = RawOrigin.Answering(
            "HTTP/1.1 426 Too Old\r\nX-Why: version\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 14\r\nSec-WebSocket-Extensions: x\r\n"
            + "WWW-Authenticate: Basic\r\nContent-Type: text/x\r\nContent-Length: 4\r\n\r\nback");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.RefusedAsync("/ws");

        Assert.Equal(
            (426, "Too Old", "back", "version", "14", "Basic", "text/x"),
            (response.Code, response.Reason, response.Body, response.Header("X-Why"), response.Header("Sec-WebSocket-Version"), response.Header("WWW-Authenticate"),
                response.Header("Content-Type")));
        Assert.Equal((null, null), (response.Header("Upgrade"), response.Header("Sec-WebSocket-Extensions")));
        Assert.Equal($"GET ws://h/ws -> {origin.Address} code=426 4", await front.Logs.NextAsync("RequestLog"));
    }

    [Fact]
    public async Task Handle_OriginAnswersAsIfItWereHttp_ItsAnswerReachesTheClient()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.RefusedAsync("/ws");

        Assert.Equal((200, "page", "4"), (response.Code, response.Body, response.Header("Content-Length")));
    }

    [Theory]
    [InlineData(8192, 403)]
    [InlineData(8193, 502)]
    public async Task Handle_LongRefusal_PassesUpToTheLimit(int length, int code)
    {
        await using var origin = RawOrigin.Answering($"HTTP/1.1 403 No\r\nContent-Length: {length}\r\n\r\n{new string('r', length)}");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        Assert.Equal(code, (await front.RefusedAsync("/ws")).Code);
    }

    [Theory]
    [InlineData("Upgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")]
    [InlineData("Upgrade: websocket\r\n")]
    [InlineData("Upgrade: h2c\r\nSec-WebSocket-Accept: {0}\r\n")]
    [InlineData("Upgrade: websocket\r\nSec-WebSocket-Accept: {0}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n")]
    public async Task Handle_FalseAcceptance_IsABadGateway(string headers)
    {
        await using var origin = RawOrigin.Serving(async connection =>
        {
            var accept = Testing.RawWebSocket.Accept((await connection.ReadRequestAsync()).Header("Sec-WebSocket-Key")!); // Ours always has one.
            await connection.SendAsync($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n{headers.Replace("{0}", accept, StringComparison.Ordinal)}\r\n");
            await connection.ReadToEndAsync();
        });
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.RefusedAsync("/ws");

        Assert.Equal((502, OriginError, "text/plain"), (response.Code, response.Body, response.Header("Content-Type")));
    }

    [Theory]
    [InlineData("NONSENSE\r\n\r\n")]
    [InlineData("")]
    public async Task Handle_OriginBreaksOff_IsABadGatewayAndFinal(string answer)
    {
        await using var first = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync(answer);
        });
        await using var second = RawOrigin.Answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {first.Address} {second.Address}");

        Assert.Equal((502, OriginError), ((await front.RefusedAsync("/ws")) is var r ? (r.Code, r.Body) : default));
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task Handle_FirstTargetIsClosed_SecondIsAsked()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* 127.0.0.1:{RawOrigin.ClosedPort()} {origin.Address}");

        Assert.Equal(403, (await front.RefusedAsync("/ws")).Code);
        Assert.Equal($"GET ws://h/ws -> {origin.Address} code=403 0", await front.Logs.NextAsync("RequestLog"));
    }

    [Fact]
    public async Task Handle_AllTargetsAreClosed_DebugNamesThem()
    {
        var (one, two) = (RawOrigin.ClosedPort(), RawOrigin.ClosedPort());
        await using var front = await ProxyFront.StartAsync($"*,debug 127.0.0.1:{one} 127.0.0.1:{two}");

        var response = await front.RefusedAsync("/ws");

        Assert.Equal(
            (502, $"Unable to connect to any targets. Tried: 127.0.0.1:{one}, 127.0.0.1:{two}\n", "text/plain"),
            (response.Code, response.Body, response.Header("Content-Type")));
    }

    [Fact]
    public async Task Handle_AddressNotAllowed_IsABadGateway()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"*,debug {origin.Address},untrusted");

        Assert.Equal((502, "Error: Origin host/IP blocked.\n"), ((await front.RefusedAsync("/ws")) is var r ? (r.Code, r.Body) : default));
    }

    [Fact]
    public async Task Handle_NoRoute_IsABadGateway()
    {
        await using var front = await ProxyFront.StartAsync("other.test test");

        var response = await front.RefusedAsync("/ws");

        Assert.Equal((502, "Route not found\n", "text/plain"), (response.Code, response.Body, response.Header("Content-Type")));
    }

    [Fact]
    public async Task Handle_OriginDoesNotAnswer_IsAGatewayTimeout()
    {
        await using var origin = RawOrigin.Serving(connection => connection.ReadToEndAsync());
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { ResponseTimeout = TimeSpan.FromMilliseconds(200) }, $"* {origin.Address}");

        Assert.Equal((504, OriginError), ((await front.RefusedAsync("/ws")) is var r ? (r.Code, r.Body) : default));
    }

    [Fact]
    public async Task Handle_OriginIsSilentForTheIdleTime_NextTargetIsAsked()
    {
        await using var first = RawOrigin.Serving(connection => connection.ReadToEndAsync());
        await using var second = RawOrigin.Answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync(
            new ForwardingOptions { IdleTimeout = TimeSpan.FromMilliseconds(200) }, $"* {first.Address} {second.Address}");

        Assert.Equal(403, (await front.RefusedAsync("/ws")).Code);
    }

    [Fact]
    public async Task Handle_ClientLeavesBeforeTheAnswer_OriginIsLetGo()
    {
        var asked = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var origin = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            asked.SetResult();
            await connection.ReadToEndAsync();
            ended.SetResult();
        });
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        client.Reset();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("GET ws://h/ws error", await front.Logs.NextAsync("RequestLog"));
    }

    [Theory]
    [InlineData("POST", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("GET", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("GET", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("GET", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("GET", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    public async Task Handle_HandshakeThatIsNone_IsABadRequest(string method, string headers)
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.SendAsync($"{method} /ws HTTP/1.1\r\nHost: h\r\n{headers}\r\n");

        Assert.Equal(
            (400, "Request contained an Upgrade header with value \"websocket\" but the request was not a valid WebSocket request.\n"),
            (response.Code, response.Body));
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task Handle_HandshakeWithBody_IsABadRequest()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        var response = await front.RefusedAsync("/ws", "Content-Length: 5");

        Assert.Equal(400, response.Code);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task Handle_RequestBehindARefusedHandshake_IsAnOrdinaryOne()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 426 No\r\nContent-Length: 2\r\n\r\nno");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync(
            "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n");
        await client.ReadResponseAsync();
        await client.ReadResponseAsync();

        Assert.Equal(["/ws", "/next"], origin.Requests.Select(request => request.Target));
        Assert.Null(origin.Requests.Last().Header("Upgrade"));
    }

    [Theory]
    [InlineData("* test", "/other")]
    [InlineData("*,path_beg=/a test", "/ws")]
    public async Task Handle_TestTargetWithoutSuchAPage_Refuses(string route, string path)
    {
        await using var front = await ProxyFront.StartAsync(route);

        Assert.InRange((await front.RefusedAsync(path)).Code, 404, 502);
    }
}
