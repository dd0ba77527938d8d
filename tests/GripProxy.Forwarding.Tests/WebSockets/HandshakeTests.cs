using System.Globalization;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Security;
using GripProxy.Testing;

namespace GripProxy.Forwarding.Tests.WebSockets;

/// <summary>What client and origin see of a handshake that succeeds (WS-01, WS-02, WS-05, WS-10).</summary>
public sealed class HandshakeTests
{
    private const string Key = "upstream";

    [Fact]
    public async Task Handle_Handshake_ReachesTheOriginAsAHandshakeOfOurs()
    {
        await using var origin = Accepting();
        await using var front = await ProxyFront.StartAsync(Signing(), $"* {origin.Address}");

        await using var client = await front.OpenAsync(
            "/ws?a=b", "Cookie: a=1", "Origin: http://page.test", "Sec-WebSocket-Protocol: one, two", "Sec-WebSocket-Extensions: permessage-deflate, x");

        var seen = origin.Single;
        Assert.Equal("GET /ws?a=b HTTP/1.1", seen.Line);
        Assert.Equal(
            ("websocket", "Upgrade", "13", "one, two", "grip", "a=1", "http://page.test", "example.test"),
            (seen.Header("Upgrade"), seen.Header("Connection"), seen.Header("Sec-WebSocket-Version"), seen.Header("Sec-WebSocket-Protocol"),
                seen.Header("Sec-WebSocket-Extensions"), seen.Header("Cookie"), seen.Header("Origin"), seen.Header("Host")));
        Assert.NotNull(seen.Header("Grip-Sig"));
        Assert.Contains("filter:skip-self", seen.Header("Grip-Feature"), StringComparison.Ordinal);
        Assert.Equal("Host", seen.Headers[0].Key);
    }

    [Fact]
    public async Task Handle_UpgradeInAnotherCase_IsAHandshake()
    {
        await using var origin = Accepting();
        await using var front = await ProxyFront.StartAsync($"*,proto=ws {origin.Address}");
        await using var client = await front.ConnectAsync();

        await client.SendAsync("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        var response = await client.ReadResponseAsync();

        Assert.Equal((101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), (response.Code, response.Header("Sec-WebSocket-Accept")));
    }

    [Fact]
    public async Task Handle_OriginAccepts_ItsHeadersReachTheClientWithoutThoseOfItsConnection()
    {
        await using var origin = Accepting(
            "X-One: 1", "Set-Cookie: a=1", "Set-Cookie: b=2", "Sec-WebSocket-Protocol: not asked for", "Sec-WebSocket-Extensions: grip; message-prefix=\"\"",
            "Keep-Alive: timeout=5", "Grip-Debug: x");
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        await using var client = await front.OpenAsync("/ws");

        Assert.Equal(
            ("1", "a=1|b=2", "not asked for", "websocket", "Upgrade"),
            (client.AnswerHeader("X-One"), client.AnswerHeader("Set-Cookie"), client.AnswerHeader("Sec-WebSocket-Protocol"), client.AnswerHeader("Upgrade"),
                client.AnswerHeader("Connection")));
        Assert.Equal(
            (null, null, null), (client.AnswerHeader("Sec-WebSocket-Extensions"), client.AnswerHeader("Keep-Alive"), client.AnswerHeader("Grip-Debug")));
    }

    [Fact]
    public async Task Handle_OriginAccepts_IsLoggedAsSwitched()
    {
        await using var origin = Accepting();
        await using var front = await ProxyFront.StartAsync($"* {origin.Address}");

        await using var client = await front.OpenAsync("/ws");

        Assert.Equal($"GET ws://example.test/ws -> {origin.Address} code=101 0", await front.Logs.NextAsync("RequestLog"));
    }

    [Fact]
    public async Task Handle_PathRewritten_OriginSeesTheNewOne()
    {
        await using var origin = Accepting();
        await using var front = await ProxyFront.StartAsync($"*,path_beg=/in/,replace_beg=/out/,as_host=other.test {origin.Address}");

        await using var client = await front.OpenAsync("/in/ws?q");

        Assert.Equal(("GET /out/ws?q HTTP/1.1", "other.test"), (origin.Single.Line, origin.Single.Header("Host")));
    }

    [Fact]
    public async Task Handle_RouteWithoutGrip_NothingOfItReachesTheOrigin()
    {
        await using var origin = Accepting("Sec-WebSocket-Extensions: grip", "Grip-Debug: x");
        await using var front = await ProxyFront.StartAsync(Signing(), $"*,no_grip {origin.Address}");

        await using var client = await front.OpenAsync("/ws", "Grip-Sig: x", "Sec-WebSocket-Extensions: grip");

        var seen = origin.Single;
        Assert.Equal((null, null, null), (seen.Header("Sec-WebSocket-Extensions"), seen.Header("Grip-Sig"), seen.Header("Grip-Feature")));
        Assert.Equal((null, "x"), (client.AnswerHeader("Sec-WebSocket-Extensions"), client.AnswerHeader("Grip-Debug")));
    }

    [Theory]
    [InlineData("grip", "grip; message-prefix=\"m:\"")]
    [InlineData("grip; message-prefix=\"a\\\\b\\\"\"", "grip; message-prefix=\"a\\\\b\\\"\"")]
    public async Task Handle_TrustedClient_DoesTheGripWorkItself(string answer, string passed)
    {
        await using var origin = Accepting("Sec-WebSocket-Extensions: " + answer);
        await using var front = await ProxyFront.StartAsync(Signing(), $"* {origin.Address}");
        var signature = new GripSigner(GripKeyOf(Key), "front", TimeProvider.System).Token;

        await using var client = await front.OpenAsync("/ws", "Grip-Sig: " + signature, "Grip-Feature: theirs", "Sec-WebSocket-Extensions: grip");

        var seen = origin.Single;
        Assert.Equal((signature, "theirs", "grip"), (seen.Header("Grip-Sig"), seen.Header("Grip-Feature"), seen.Header("Sec-WebSocket-Extensions")));
        Assert.Equal(passed, client.AnswerHeader("Sec-WebSocket-Extensions"));
    }

    [Fact]
    public async Task Handle_CompressionAllowed_IsNegotiatedWithEachSideAlone()
    {
        await using var origin = Accepting("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover, grip");
        await using var front = await ProxyFront.StartAsync(Compressing(), $"* {origin.Address}");

        await using var client = await front.OpenAsync("/ws", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");

        Assert.Equal("permessage-deflate; server_no_context_takeover; client_no_context_takeover", client.AnswerHeader("Sec-WebSocket-Extensions"));
        Assert.Equal("grip, permessage-deflate; server_no_context_takeover; client_no_context_takeover", origin.Single.Header("Sec-WebSocket-Extensions"));
    }

    [Fact]
    public async Task Handle_CompressionAllowedButNotAskedFor_ClientGetsNone()
    {
        await using var origin = Accepting();
        await using var front = await ProxyFront.StartAsync(Compressing(), $"* {origin.Address}");

        await using var client = await front.OpenAsync("/ws");

        Assert.Null(client.AnswerHeader("Sec-WebSocket-Extensions"));
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws/?channel=a")]
    public async Task Handle_TestTarget_Accepts(string path)
    {
        await using var front = await ProxyFront.StartAsync("* test");

        await using var client = await front.OpenAsync(path);

        Assert.Equal($"GET ws://example.test{path} -> test code=101 0", await front.Logs.NextAsync("RequestLog"));
    }

    private static RawOrigin Accepting(params string[] headers) => RawOrigin.WebSocket(async socket => await socket.TryReadFrameAsync(), headers);

    private static ForwardingOptions Signing() => new() { SignatureKey = GripKeyOf("secret"), UpstreamKey = GripKeyOf(Key) };

    private static ForwardingOptions Compressing() => new() { WebSockets = new WebSocketFramingOptions { AllowCompression = true } };

    private static GripKey GripKeyOf(string text)
    {
        Assert.True(GripKey.TryRead(text, "", out var key, out var error), error);
        return key;
    }
}
