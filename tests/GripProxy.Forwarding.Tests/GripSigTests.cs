using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Security;

namespace GripProxy.Forwarding.Tests;

/// <summary>Who signs, and who is believed (HTTP-03, HTTP-04).</summary>
public sealed class GripSigTests
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

    [Theory]
    [InlineData("*", "me")]
    [InlineData("*,sig_iss=acme", "acme")]
    [InlineData("*,sig_iss=acme,sig_key=base64:c2VjcmV0", "acme")]
    [InlineData("*,sig_key=other", "me")]
    public async Task Handle_SignedRoute_IssuerIsTheNearest(string condition, string issuer)
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { SignatureIssuer = "me", SignatureKey = Key("changeme") }, $"{condition} {origin.Address}");

        await front.SendAsync(Get);

        Assert.Equal(issuer, Claims(origin.Single.Header("Grip-Sig")).GetProperty("iss").GetString());
    }

    [Fact]
    public async Task Handle_RouteWithoutUsableKey_GoesOutUnsigned()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { SignatureKey = Key("changeme") }, $"*,sig_key=file:does-not-exist {origin.Address}");

        Assert.Equal("ok", (await front.SendAsync(Get)).Body);
        Assert.Null(origin.Single.Header("Grip-Sig"));
    }

    [Fact]
    public async Task Handle_TrustedClient_GripPassesBothWays()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Hold: response\r\nGrip-Channel: c\r\nContent-Length: 4\r\n\r\nbody");
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { UpstreamKey = Key("up") }, $"* {origin.Address}");
        var signature = new GripSigner(Key("up"), "edge", TimeProvider.System).Token;

        var response = await front.SendAsync($"GET /x HTTP/1.1\r\nHost: h\r\nGrip-Sig: {signature}\r\nGrip-Last: c; last-id=1\r\nGrip-Feature: f\r\n\r\n");

        Assert.Equal(("body", "response", "c"), (response.Body, response.Header("Grip-Hold"), response.Header("Grip-Channel")));
        Assert.Equal((signature, "c; last-id=1", "f"), (origin.Single.Header("Grip-Sig"), origin.Single.Header("Grip-Last"), origin.Single.Header("Grip-Feature")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("up")]
    public async Task Handle_SignatureOfAnEmptySecret_IsNeverBelieved(string? upstreamKey)
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nGrip-Status: 201\r\nContent-Length: 0\r\n\r\n");
        var options = new ForwardingOptions { UpstreamKey = upstreamKey is null ? null : Key(upstreamKey) };
        await using var front = await ProxyFront.StartAsync(options, $"* {origin.Address}");
        const string Head = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTl9"; // {"exp":9999999999}
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Array.Empty<byte>(), Encoding.ASCII.GetBytes(Head))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

        var response = await front.SendAsync($"GET /x HTTP/1.1\r\nHost: h\r\nGrip-Sig: {Head}.{signature}\r\nGrip-Last: c; last-id=1\r\n\r\n");

        Assert.Equal((201, null), (response.Code, response.Header("Grip-Status")));
        Assert.Null(origin.Single.Header("Grip-Sig"));
        Assert.Null(origin.Single.Header("Grip-Last"));
    }

    [Fact]
    public async Task Handle_WrongSignature_IsAnOrdinaryClient()
    {
        await using var origin = RawOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { UpstreamKey = Key("up") }, $"* {origin.Address}");
        var signature = new GripSigner(Key("else"), "edge", TimeProvider.System).Token;

        await front.SendAsync($"GET /x HTTP/1.1\r\nHost: h\r\nGrip-Sig: {signature}\r\nGrip-Last: c; last-id=1\r\n\r\n");

        Assert.Null(origin.Single.Header("Grip-Sig"));
        Assert.Null(origin.Single.Header("Grip-Last"));
    }

    private static GripKey Key(string text) => GripKey.TryRead(text, ".", out var key, out _) ? key! : throw new InvalidOperationException(text); // True means a key.

    private static JsonElement Claims(string? token)
    {
        var part = Assert.IsType<string>(token).Split('.')[1].Replace('-', '+').Replace('_', '/');
        return JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(part.PadRight((part.Length + 3) / 4 * 4, '=')))).RootElement;
    }
}
