using GripProxy.Forwarding.Tests.Support;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.Tests.WebSockets.OverHttp;

/// <summary>Answers that end a connection, and failures that do not (WOH-06, WOH-08, WOH-11).</summary>
public sealed class OverHttpFailureTests : IAsyncLifetime
{
    private readonly EventsOrigin _origin = new();
    private readonly OverHttpFront _front = new(new ForwardingOptions { ResponseTimeout = TimeSpan.FromSeconds(60) });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _front.Dispose();
        await _origin.DisposeAsync();
    }

    [Theory]
    [InlineData("HTTP/1.1 500 No\r\nContent-Type: application/websocket-events\r\nContent-Length: 0\r\n\r\n", "WrongStatus")]
    [InlineData("HTTP/1.1 204 No\r\n\r\n", "WrongStatus")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n", "WrongType")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "WrongType")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/websocket-events\r\nContent-Length: 9\r\n\r\nTEXT z\r\na", "InvalidEvents InvalidLength at byte 0")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/websocket-events\r\nContent-Length: 16\r\n\r\nCLOSE\r\nTEXT 9\r\na", "InvalidEvents ContentCutOff at byte 7")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/websocket-events\r\nContent-Length: 9, 10\r\n\r\n", "InvalidHead")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/websocket-events\r\nContent-Bytes-Accepted: 2\r\nContent-Length: 0\r\n\r\n", "AcceptedTooMuch")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/websocket-events\r\nContent-Bytes-Accepted: 99999999999\r\nContent-Length: 0\r\n\r\n", "AcceptedTooMuch")]
    [InlineData("nonsense\r\n\r\n", "Broken")]
    public async Task ReadAsync_BadAnswer_DropsTheClientAndSaysWhy(string answer, string reason)
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        var request = await _origin.NextAsync();
        await request.AnswerRawAsync(answer);

        Assert.Equal("Lost", await connection.ReadTextAsync());
        var line = await _front.Logs.NextAsync("OverHttpDialer");
        Assert.StartsWith($"connection {request.Request.Header("Connection-Id")} over HTTP to {_origin.Address} ended: {reason}", line, StringComparison.Ordinal);
        Assert.False(await connection.WriteTextAsync("2"));
    }

    [Fact]
    public async Task ReadAsync_PingTooLongForAFrame_DropsTheClient()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        await (await _origin.NextAsync()).AnswerAsync($"TEXT 1\r\na\r\nPING 7e\r\n{new string('p', 126)}\r\n");

        Assert.Equal("Lost", await connection.ReadTextAsync());
    }

    [Theory]
    [InlineData("Content-Length: 1000001\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nf4241\r\n")]
    public async Task ReadAsync_TooLongAnswer_DropsTheClient(string framing)
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        await (await _origin.NextAsync()).AnswerRawAsync(
            $"HTTP/1.1 200 OK\r\nContent-Type: application/websocket-events\r\n{framing}TEXT fffff\r\n{new string('x', 1_000_001)}");

        Assert.Equal("Lost", await connection.ReadTextAsync());
        Assert.Contains("TooLong", await _front.Logs.NextAsync("OverHttpDialer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_ConnectionBreaksAfterTheRequestWasSent_DropsTheClient()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        (await _origin.NextAsync()).Break();

        Assert.Equal("Lost", await connection.ReadTextAsync());
        connection.Abort();
        Assert.Equal(2, _origin.Count);
    }

    [Fact]
    public async Task ReadAsync_NoAnswerInTime_DropsTheClient()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        await _origin.NextAsync();
        _front.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal("Lost", await connection.ReadTextAsync());
        Assert.Contains("TimedOut", await _front.Logs.NextAsync("OverHttpDialer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_OriginDown_IsRepeatedByTheScheduleAndThenDropped()
    {
        var connection = await _front.OpenAsync(_origin);
        await _origin.DisposeAsync();
        await connection.WriteTextAsync("1");
        foreach (var seconds in new[] { 1, 2, 4, 8, 16 })
        {
            var line = await _front.Logs.NextAsync("OverHttpDialer");
            Assert.Matches($@"tries again in 00:00:{seconds:00}(\.\d+)?: Unreached", line);
            _front.Time.Advance(TimeSpan.FromSeconds(seconds + 1.1));
        }

        Assert.Contains("ended: Unreached", await _front.Logs.NextAsync("OverHttpDialer"), StringComparison.Ordinal);
        Assert.Equal("Lost", await connection.ReadTextAsync());
    }

    [Fact]
    public async Task WriteAsync_OriginComesBack_ClientDoesNotNotice()
    {
        await using var origin = new RestartableOrigin();
        var dial = _front.DialAsync($"* {origin.Address},over_http");
        await (await origin.Running.NextAsync()).AnswerAsync("OPEN\r\n");
        var connection = (await dial).Origin!; // It agreed.
        await origin.StopAsync();
        await connection.WriteTextAsync("1");
        await _front.Logs.NextAsync("OverHttpDialer");
        await connection.WriteTextAsync("2");
        connection.Refresh();
        origin.Start();
        _front.Time.Advance(TimeSpan.FromSeconds(2.1));
        var repeated = await origin.Running.NextAsync();
        Assert.Equal("TEXT 1\r\n1\r\n", repeated.Body);
        await repeated.AnswerAsync("");

        Assert.Equal("TEXT 1\r\n2\r\n", (await origin.Running.NextAsync()).Body);
    }

    [Fact]
    public async Task Abort_WhileARequestWaitsToBeRepeated_DisconnectIsSentInstead()
    {
        await using var origin = new RestartableOrigin();
        var dial = _front.DialAsync($"* {origin.Address},over_http");
        await (await origin.Running.NextAsync()).AnswerAsync("OPEN\r\n");
        var connection = (await dial).Origin!; // It agreed.
        await origin.StopAsync();
        await connection.WriteTextAsync("1");
        await _front.Logs.NextAsync("OverHttpDialer");
        origin.Start();
        connection.Abort();

        Assert.Equal("DISCONNECT\r\n", (await origin.Running.NextAsync()).Body);
    }

    [Fact]
    public async Task Accepted_Partly_RestIsOfferedWithTheNextMessage()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteAsync(WebSocketPartKind.Binary, "abc");
        await (await _origin.NextAsync()).AnswerAsync("TEXT 2\r\nok\r\n", "Content-Bytes-Accepted: 1");
        Assert.Equal("Text ok", await connection.ReadTextAsync());
        var next = connection.ReadTextAsync();
        await connection.WriteTextAsync("de");
        var second = await _origin.NextAsync();
        Assert.Equal(("BINARY 2\r\nbc\r\nTEXT 2\r\nde\r\n", "2"), (second.Body, second.Request.Header("Content-Bytes-Replayed")));
        await second.AnswerAsync("TEXT 2\r\nok\r\n", "Content-Bytes-Accepted: 4");
        Assert.Equal("Text ok", await next);
        _ = connection.ReadTextAsync();
        await connection.WriteTextAsync("f");
        var third = await _origin.NextAsync();

        Assert.Equal(("TEXT 1\r\nf\r\n", (string?)null), (third.Body, third.Request.Header("Content-Bytes-Replayed")));
    }

    [Fact]
    public async Task Accepted_NothingUntilThereIsMore_RefreshOffersItAgain()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("abc");
        await (await _origin.NextAsync()).AnswerAsync("TEXT 2\r\nok\r\n", "Content-Bytes-Accepted: 0");
        Assert.Equal("Text ok", await connection.ReadTextAsync());
        _ = connection.ReadTextAsync();
        connection.Refresh();
        var again = await _origin.NextAsync();

        Assert.Equal(("TEXT 3\r\nabc\r\n", "3"), (again.Body, again.Request.Header("Content-Bytes-Replayed")));
    }

    [Fact]
    public async Task Accepted_NothingWhileTheClientWaitsForRoom_DropsTheClient()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync(new string('a', 200_000));
        var first = await _origin.NextAsync();
        var waiting = connection.WriteTextAsync("b");
        await first.AnswerAsync("", "Content-Bytes-Accepted: 0");

        Assert.False(await waiting);
        Assert.Equal("Lost", await connection.ReadTextAsync());
    }

    [Fact]
    public async Task Accepted_NothingAndThenAMessageHasNoRoom_RestIsOfferedAgain()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync(new string('a', 150_000));
        await (await _origin.NextAsync()).AnswerAsync("TEXT 2\r\nok\r\n", "Content-Bytes-Accepted: 0");
        Assert.Equal("Text ok", await connection.ReadTextAsync());
        _ = connection.ReadTextAsync();
        var waiting = connection.WriteTextAsync(new string('b', 100_000));
        var again = await _origin.NextAsync();
        Assert.Equal("150000", again.Request.Header("Content-Bytes-Replayed"));
        await again.AnswerAsync("");

        Assert.True(await waiting);
        Assert.StartsWith("TEXT 186a0\r\nb", (await _origin.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accepted_TooLittleForAMessageThatWaits_RestIsOfferedAgain()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync(new string('a', 200_000));
        var first = await _origin.NextAsync();
        var waiting = connection.WriteTextAsync("bc");
        await first.AnswerAsync("", "Content-Bytes-Accepted: 1");
        var again = await _origin.NextAsync();
        Assert.Equal("199999", again.Request.Header("Content-Bytes-Replayed"));
        await again.AnswerAsync("", "Content-Bytes-Accepted: 199999");

        Assert.True(await waiting);
        Assert.Equal("TEXT 2\r\nbc\r\n", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task Accepted_AllButTheClose_DropsTheClient()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteAsync(WebSocketPartKind.Close, "\u0003\u00e8");
        await (await _origin.NextAsync()).AnswerAsync("", "Content-Bytes-Accepted: 0");

        Assert.Equal("Lost", await connection.ReadTextAsync());
        Assert.Contains("CloseNotAccepted", await _front.Logs.NextAsync("OverHttpDialer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accepted_PartBeforeTheClose_CloseIsOfferedAgainAtOnce()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        var first = await _origin.NextAsync();
        await connection.WriteTextAsync("abc");
        await connection.WriteAsync(WebSocketPartKind.Close, "\u0003\u00e8");
        await first.AnswerAsync("");
        await (await _origin.NextAsync()).AnswerAsync("", "Content-Bytes-Accepted: 2");
        var again = await _origin.NextAsync();
        Assert.Equal(("TEXT 1\r\nc\r\nCLOSE 2\r\n\u0003\u00e8\r\n", "3"), (again.Body, again.Request.Header("Content-Bytes-Replayed")));
        await again.AnswerAsync("CLOSE\r\n");

        Assert.Equal("Close", await connection.ReadTextAsync());
    }

    [Fact]
    public async Task Accepted_NothingBeforeTheClose_CloseIsOfferedAgainLater()
    {
        var connection = await _front.OpenAsync(_origin);
        await connection.WriteTextAsync("1");
        var first = await _origin.NextAsync();
        await connection.WriteTextAsync("abc");
        await connection.WriteAsync(WebSocketPartKind.Close, "");
        await first.AnswerAsync("");
        await (await _origin.NextAsync()).AnswerAsync("", "Content-Bytes-Accepted: 0");
        Assert.Contains("tries again in 00:00:01", await _front.Logs.NextAsync("OverHttpDialer"), StringComparison.Ordinal);
        _front.Time.Advance(TimeSpan.FromSeconds(2.1));

        Assert.Equal("TEXT 3\r\nabc\r\nCLOSE\r\n", (await _origin.NextAsync()).Body);
    }

    [Fact]
    public async Task EarlyAnswer_BodyNotReadByTheOrigin_NextRequestIsWhole()
    {
        var connection = await _front.OpenAsync(_origin);
        var body = new string('a', 200_000);
        await connection.WriteTextAsync(body);
        await (await _origin.NextAsync()).AnswerAsync("TEXT 2\r\nok\r\n");
        Assert.Equal("Text ok", await connection.ReadTextAsync());
        _ = connection.ReadTextAsync();
        await connection.WriteTextAsync(body.Replace('a', 'b'));

        Assert.Equal($"TEXT 30d40\r\n{body.Replace('a', 'b')}\r\n", (await _origin.NextAsync()).Body);
    }

    /// <summary>An origin that can be away for a while and come back on the same port.</summary>
    private sealed class RestartableOrigin : IAsyncDisposable
    {
        private readonly int _port = RawOrigin.ClosedPort();
        private EventsOrigin? _running;

        public RestartableOrigin() => Start();

        public string Address => $"127.0.0.1:{_port}";

        public EventsOrigin Running => _running!; // Start comes first.

        public void Start() => _running = new EventsOrigin(_port);

        public ValueTask StopAsync() => Running.DisposeAsync();

        public ValueTask DisposeAsync() => StopAsync();
    }
}
