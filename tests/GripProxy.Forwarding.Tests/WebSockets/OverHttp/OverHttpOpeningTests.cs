using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Protocol.WebSockets;
using GripProxy.Security;

namespace GripProxy.Forwarding.Tests.WebSockets.OverHttp;

/// <summary>Opening (WOH-02, WOH-04).</summary>
public sealed class OverHttpOpeningTests : IAsyncLifetime
{
    private readonly EventsOrigin _origin = new();
    private OverHttpFront _front = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _front.Dispose();
        await _origin.DisposeAsync();
    }

    [Fact]
    public async Task DialAsync_Request_IsAPostWithOpen()
    {
        _ = DialAsync();
        var request = (await _origin.NextAsync()).Request;

        Assert.Equal(("POST /ws?a=1 HTTP/1.1", "OPEN\r\n"), (request.Line, request.Body));
        Assert.Equal("h.example", request.Header("Host"));
        Assert.Equal("application/websocket-events", request.Header("Content-Type"));
        Assert.Equal("application/websocket-events", request.Header("Accept"));
        Assert.Equal("6", request.Header("Content-Length"));
        Assert.Equal("grip", request.Header("Sec-WebSocket-Extensions"));
        Assert.Equal(RequestHeaderRules.Features, request.Header("Grip-Feature"));
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", request.Header("Connection-Id"));
        Assert.Null(request.Header("Content-Bytes-Replayed"));
    }

    [Fact]
    public async Task DialAsync_ClientHeaders_PassExceptThoseOfTheConnection()
    {
        _ = DialAsync(
            ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Key", "k"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Protocol", "chat"), ("Sec-WebSocket-Extensions", "permessage-deflate"), ("Meta-User", "evil"), ("meta-x", "y"),
            ("Accept", "text/html"), ("Connection-Id", "mine"), ("Content-Type", "text/plain"), ("Content-Language", "de"),
            ("Content-Bytes-Replayed", "3"), ("Grip-Sig", "mine"), ("X-A", "1"), ("X-A", "2"), ("Cookie", "c=1"), ("Origin", "https://o.example"));
        var request = (await _origin.NextAsync()).Request;

        Assert.Equal(
            "Accept,Connection-Id,Content-Language,Content-Length,Content-Type,Cookie,Grip-Feature,Host,Origin,Sec-WebSocket-Extensions,"
            + "Sec-WebSocket-Key,Sec-WebSocket-Protocol,Sec-WebSocket-Version,X-A",
            string.Join(',', request.Headers.Select(h => h.Key).Order(StringComparer.Ordinal)));
        Assert.Equal(("1, 2", "application/websocket-events", "de"), (request.Header("X-A"), request.Header("Content-Type"), request.Header("Content-Language")));
    }

    [Fact]
    public async Task DialAsync_EveryRequest_HasAFreshSignature()
    {
        Assert.True(GripKey.TryRead("secret", ".", out var key, out _));
        Use(new ForwardingOptions { SignatureKey = key });
        var dial = DialAsync();
        var first = await _origin.NextAsync();
        await first.AnswerAsync("OPEN\r\n");
        var connection = (await dial).Origin!; // It agreed.
        _front.Time.Advance(TimeSpan.FromHours(2));
        await connection.WriteTextAsync("a");
        var second = await _origin.NextAsync();

        Assert.NotNull(first.Request.Header("Grip-Sig"));
        Assert.NotEqual(first.Request.Header("Grip-Sig"), second.Request.Header("Grip-Sig"));
        Assert.Equal(first.Request.Header("Connection-Id"), second.Request.Header("Connection-Id"));
    }

    [Fact]
    public async Task DialAsync_TrustedClient_ItsSignaturePasses()
    {
        _ = _front.DialAsync($"* {_origin.Address},over_http", [("Grip-Sig", "theirs")], isTrusted: true);

        Assert.Equal("theirs", (await _origin.NextAsync()).Request.Header("Grip-Sig"));
    }

    [Fact]
    public async Task DialAsync_NoGrip_SaysNothingOfGrip()
    {
        _ = _front.DialAsync($"*,no_grip {_origin.Address},over_http");
        var request = (await _origin.NextAsync()).Request;

        Assert.Null(request.Header("Sec-WebSocket-Extensions"));
        Assert.Null(request.Header("Grip-Feature"));
    }

    [Fact]
    public async Task DialAsync_Open_HeadersPassWithoutOurs()
    {
        var dial = DialAsync();
        await (await _origin.NextAsync()).AnswerAsync(
            "OPEN\r\n", "Sec-WebSocket-Extensions: grip; message-prefix=\"\"", "Keep-Alive-Interval: 120", "Set-Meta-User: alice", "X-From: origin",
            "Grip-Foo: x", "Sec-WebSocket-Protocol: chat");
        var opening = await dial;

        Assert.Equal("X-From,Sec-WebSocket-Protocol", string.Join(',', opening.Headers.Select(h => h.Name)));
        Assert.Equal(new GripExtension(""), opening.Grip);
    }

    [Fact]
    public async Task DialAsync_MoreEventsBehindOpen_AreDelivered()
    {
        var connection = await _front.OpenAsync(_origin, events: "TEXT 1\r\na\r\nPING\r\n");

        Assert.Equal("Text a", await connection.ReadTextAsync());
        Assert.Equal("Ping", await connection.ReadTextAsync());
    }

    [Fact]
    public async Task DialAsync_OpenAndDisconnect_OpensAndIsLost() =>
        Assert.Equal("Lost", await (await _front.OpenAsync(_origin, events: "DISCONNECT\r\n")).ReadTextAsync());

    [Theory]
    [InlineData("HTTP/1.1 401 No\r\nContent-Type: text/plain\r\nX-Why: q\r\nSec-WebSocket-Accept: a\r\nContent-Length: 3\r\n\r\nwho", 401, "who")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Why: q\r\nContent-Length: 4\r\n\r\npage", 200, "page")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/websocket-events; charset=utf-8\r\nX-Why: q\r\nContent-Length: 6\r\n\r\nOPEN\r\n", 200, "OPEN\r\n")]
    public async Task DialAsync_OtherStatusOrType_IsARefusal(string answer, int code, string body)
    {
        var dial = DialAsync();
        await (await _origin.NextAsync()).AnswerRawAsync(answer);
        var opening = await dial;

        Assert.Null(opening.Origin);
        Assert.Equal((code, body), (opening.Refusal!.Code, System.Text.Encoding.Latin1.GetString(opening.Refusal.Body.Span)));
        Assert.Equal("q", opening.Refusal.Headers.First("X-Why"));
        Assert.False(opening.Refusal.Headers.Contains("Content-Length") || opening.Refusal.Headers.Contains("Sec-WebSocket-Accept"));
    }

    [Fact]
    public async Task DialAsync_TypeWithParameters_IsSaid()
    {
        var dial = DialAsync();
        await (await _origin.NextAsync()).AnswerRawAsync(
            "HTTP/1.1 200 OK\r\nContent-Type: application/websocket-events; charset=utf-8\r\nContent-Length: 6\r\n\r\nOPEN\r\n");
        await dial;

        Assert.EndsWith(
            "was not opened: WrongType status 200, type application/websocket-events; charset=utf-8; expected is application/websocket-events, without parameters",
            await _front.Logs.NextAsync("OverHttpDialer"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task DialAsync_LongRefusal_IsCut()
    {
        var dial = DialAsync();
        await (await _origin.NextAsync()).AnswerRawAsync($"HTTP/1.1 403 No\r\nContent-Length: 150000\r\n\r\n{new string('x', 150_000)}");

        Assert.Equal(100_000, (await dial).Refusal!.Body.Length);
    }

    [Theory]
    [InlineData("TEXT 1\r\nx\r\n")]
    [InlineData("CLOSE\r\nOPEN\r\n")]
    [InlineData("")]
    [InlineData("OPEN\r\nTEXT 5\r\nx\r\n")]
    [InlineData("OPEN")]
    public async Task DialAsync_NoOpen_IsAnErrorOfTheOrigin(string events)
    {
        var dial = DialAsync();
        await (await _origin.NextAsync()).AnswerAsync(events);
        var opening = await dial;

        Assert.Equal((RequestError.OriginUnreachable, false), (opening.Error, opening.MayTryNext));
    }

    [Fact]
    public async Task DialAsync_TooLongAnswer_IsAnErrorOfTheOrigin()
    {
        var dial = DialAsync();
        await (await _origin.NextAsync()).AnswerAsync("OPEN\r\n" + $"TEXT f4240\r\n{new string('x', 1_000_000)}\r\n");

        Assert.Equal(RequestError.OriginUnreachable, (await dial).Error);
    }

    [Fact]
    public async Task DialAsync_NobodyListens_NextTargetMayBeTried()
    {
        var opening = await _front.DialAsync($"* 127.0.0.1:{RawOrigin.ClosedPort()},over_http");

        Assert.Equal((RequestError.OriginUnreachable, true), (opening.Error, opening.MayTryNext));
    }

    [Fact]
    public async Task DialAsync_BrokenAnswer_NextTargetMayNot()
    {
        var dial = DialAsync();
        (await _origin.NextAsync()).Break();
        var opening = await dial;

        Assert.Equal((RequestError.OriginUnreachable, false), (opening.Error, opening.MayTryNext));
    }

    [Fact]
    public async Task DialAsync_ForbiddenAddress_IsBlocked() =>
        Assert.Equal(RequestError.OriginBlocked, (await _front.DialAsync($"* {_origin.Address},over_http,untrusted")).Error);

    [Fact]
    public async Task DialAsync_NoAnswerInTime_IsATimeout()
    {
        Use(new ForwardingOptions { ResponseTimeout = TimeSpan.FromSeconds(5) });
        var dial = DialAsync();
        await _origin.NextAsync();
        _front.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal((RequestError.OriginTimeout, false), ((await dial).Error, (await dial).MayTryNext));
    }

    [Fact]
    public async Task DialAsync_EmptyAnswerWithInterval_AsksAgainAfterIt()
    {
        var dial = DialAsync();
        await (await _origin.NextAsync()).AnswerAsync("", "Keep-Alive-Interval: 30");
        await _front.Time.TimerSetAsync(TimeSpan.FromSeconds(30));
        _front.Time.Advance(TimeSpan.FromSeconds(30));
        var second = await _origin.NextAsync();
        Assert.Equal("OPEN\r\n", second.Body);
        await second.AnswerAsync("OPEN\r\n", "X-From: later");

        Assert.Equal("later", (await dial).Headers.First("X-From"));
    }

    [Fact]
    public async Task DialAsync_ClientLeavesMeanwhile_OriginIsToldAfterItsAnswer()
    {
        using var gone = new CancellationTokenSource();
        var dial = _front.DialAsync($"* {_origin.Address},over_http", cancellation: gone.Token);
        var open = await _origin.NextAsync();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dial);
        await open.AnswerAsync("OPEN\r\n");
        var last = await _origin.NextAsync();

        Assert.Equal("DISCONNECT\r\n", last.Body);
        Assert.Equal(open.Request.Header("Connection-Id"), last.Request.Header("Connection-Id"));
    }

    [Fact]
    public async Task DialAsync_MoreClientsLeaveThanThereMayBe_RequestsUnderWayAreCut()
    {
        Use(new ForwardingOptions { MaxClients = 1 });
        using var gone = new CancellationTokenSource();
        var one = _front.DialAsync($"* {_origin.Address},over_http", cancellation: gone.Token);
        await _origin.NextAsync();
        var two = _front.DialAsync($"* {_origin.Address},over_http");
        var open = await _origin.NextAsync();
        using var goneToo = new CancellationTokenSource();
        var three = _front.DialAsync($"* {_origin.Address},over_http", cancellation: goneToo.Token);
        var hanging = await _origin.NextAsync();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await goneToo.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => three);
        await hanging.Ended;

        await open.AnswerAsync("OPEN\r\n");
        Assert.NotNull((await two).Origin);
    }

    private Task<GripProxy.Forwarding.WebSockets.WebSocketOpening> DialAsync(params (string Name, string Value)[] headers) =>
        _front.DialAsync($"* {_origin.Address},over_http", headers);

    private void Use(ForwardingOptions options)
    {
        _front.Dispose();
        _front = new OverHttpFront(options);
    }
}
