using System.Net;
using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Holds;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Routes;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.Tests.Headers;

public sealed class RequestHeaderRulesTests
{
    [Fact]
    public void Apply_HopHeaders_StayBehindAndOthersPass()
    {
        var message = Apply(new(), new Client
        {
            Headers =
            {
                ["Connection"] = "close", ["Keep-Alive"] = "1", ["Accept-Encoding"] = "gzip", ["Content-Encoding"] = "gzip",
                ["Transfer-Encoding"] = "chunked", ["Expect"] = "100-continue", ["Upgrade"] = "h2c", ["TE"] = "trailers", ["Via"] = "v",
                ["Forwarded"] = "for=x",
            },
        });

        Assert.Equal(["Host", "Upgrade", "TE", "Via", "Forwarded", "Grip-Feature"], Names(message));
    }

    [Fact]
    public void Apply_Untrusted_GripHeadersAreReplaced()
    {
        var message = Apply(new(), new Client { Headers = { ["Grip-Sig"] = "x", ["Grip-Last"] = "a; last-id=1", ["Grip-Foo"] = "x" } });

        Assert.Equal(["Host", "Grip-Feature"], Names(message));
        Assert.Equal(RequestHeaderRules.Features, Value(message, "Grip-Feature"));
    }

    [Fact]
    public void Apply_Trusted_GripHeadersPassAndNoneIsAdded()
    {
        var message = Apply(new(), new Client { Trusted = true, Headers = { ["Grip-Sig"] = "x", ["Grip-Foo"] = "y" } });

        Assert.Equal(["Host", "Grip-Sig", "Grip-Foo"], Names(message));
    }

    [Fact]
    public void Apply_NoGrip_SaysNothingOfGrip()
    {
        var message = Apply(new(), new Client { Headers = { ["Grip-Sig"] = "x" }, Route = Route() with { NoGrip = true } });

        Assert.Equal(["Host"], Names(message));
    }

    [Fact]
    public void Apply_Retry_TellsLastIdsAsUtf8()
    {
        var message = Apply(new(), new Client { LastIds = [new GripLast("caf\u00e9", "7")] });

        Assert.Equal("caf\u00c3\u00a9; last-id=7", Value(message, "Grip-Last"));
    }

    [Fact]
    public void Apply_RouteHeaders_ReplaceAddAndRemove()
    {
        var route = Route() with { Headers = [new("X-Set", "one"), new("X-Del", ""), new("Grip-X", "no"), new("Host", "no")] };

        var message = Apply(new(), new Client { Headers = { ["x-set"] = "client", ["X-Del"] = "client" }, Route = route });

        Assert.Equal(["Host", "X-Set", "Grip-Feature"], Names(message));
        Assert.Equal("one", Value(message, "X-Set"));
    }

    [Fact]
    public void Apply_OriginalHeaders_AddsMarkedCopiesLast()
    {
        var options = new ForwardingOptions { OriginalHeadersNeedMark = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "x-b" } };
        var client = new Client
        {
            Headers = { ["Host"] = "h", ["eb9bf0f5-X-B"] = "m", ["X-A"] = "v", ["X-B"] = "w" },
            Route = Route() with { OriginalHeaders = true },
        };

        var message = Apply(options, client);

        Assert.Equal(["Host", "X-A", "X-B", "eb9bf0f5-Host", "eb9bf0f5-X-B", "eb9bf0f5-X-A", "Grip-Feature"], Names(message));
    }

    [Fact]
    public void Apply_NoOriginalHeaders_RemovesMarkedOnes()
    {
        Assert.Equal(["Host", "Grip-Feature"], Names(Apply(new(), new Client { Headers = { ["eb9bf0f5-X-A"] = "v" } })));
    }

    [Theory]
    [InlineData("", "other", "other")]
    [InlineData("mine", null, "mine")]
    [InlineData("mine", "a, b", "a, b, mine")]
    public void Apply_CdnLoop_IsAppended(string ours, string? theirs, string expected)
    {
        var client = new Client();
        if (theirs is not null)
            client.Headers["CDN-Loop"] = theirs;

        Assert.Equal(expected, Value(Apply(new ForwardingOptions { CdnLoop = ours }, client), "CDN-Loop"));
    }

    [Theory]
    [InlineData(false, ForwardedProtocolHeaders.None, true, "client", "client")]
    [InlineData(true, ForwardedProtocolHeaders.None, true, null, null)]
    [InlineData(false, ForwardedProtocolHeaders.ProtoOnly, false, null, null)]
    [InlineData(false, ForwardedProtocolHeaders.ProtoOnly, true, "https", null)]
    [InlineData(false, ForwardedProtocolHeaders.Both, true, "https", "https")]
    public void Apply_ForwardedProtocol_FollowsTheSettings(
        bool accept, ForwardedProtocolHeaders set, bool secure, string? proto, string? protocol)
    {
        var options = new ForwardingOptions { AcceptForwardedProtocol = accept, SetForwardedProtocol = set };
        var client = new Client { Secure = secure, Headers = { ["X-Forwarded-Proto"] = "client", ["X-Forwarded-Protocol"] = "client" } };

        var message = Apply(options, client);

        Assert.Equal((proto, protocol), (Value(message, "X-Forwarded-Proto"), Value(message, "X-Forwarded-Protocol")));
    }

    [Fact]
    public void Apply_SecureWebSocket_IsToldAsWss()
    {
        var options = new ForwardingOptions { SetForwardedProtocol = ForwardedProtocolHeaders.ProtoOnly };

        Assert.Equal("wss", Value(Apply(options, new Client { Secure = true, WebSocket = true }), "X-Forwarded-Proto"));
    }

    [Theory]
    [InlineData(false, "9.9.9.9")]
    [InlineData(true, "2.2.2.2, 9.9.9.9")]
    public void Apply_ForwardedFor_TrustDecidesTheRule(bool trusted, string expected)
    {
        var options = new ForwardingOptions { ForwardedFor = new(0, true), ForwardedForTrusted = new(1, true) };
        var client = new Client { Trusted = trusted, Headers = { ["X-Forwarded-For"] = "1.1.1.1, 2.2.2.2" } };

        Assert.Equal(expected, Value(Apply(options, client), "X-Forwarded-For"));
    }

    [Fact]
    public void Apply_PushpinRoute_StaysBehindWhereItIsObeyed()
    {
        var client = new Client { Headers = { ["Pushpin-Route"] = "r" } };

        Assert.Equal("r", Value(Apply(new(), client), "Pushpin-Route"));
        Assert.Null(Value(Apply(new ForwardingOptions { AcceptPushpinRoute = true }, client), "Pushpin-Route"));
    }

    [Fact]
    public void Apply_ContentTypeWithoutBody_Passes()
    {
        Assert.Equal("text/x", Value(Apply(new(), new Client { Headers = { ["Content-Type"] = "text/x" } }), "Content-Type"));
    }

    [Theory]
    [InlineData(true, false, false, "grip")]
    [InlineData(true, true, false, "grip")]
    [InlineData(true, false, true, null)]
    [InlineData(false, false, false, "x, y")]
    public void Apply_WebSocketExtensions_AreOursForWebSocketsOnly(bool webSocket, bool trusted, bool noGrip, string? expected)
    {
        var client = new Client
        {
            Headers = { ["Sec-WebSocket-Extensions"] = "x, y" },
            WebSocket = webSocket,
            Trusted = trusted,
            Route = Route() with { NoGrip = noGrip },
        };

        Assert.Equal(expected, Value(Apply(new(), client), "Sec-WebSocket-Extensions"));
    }

    private static RouteConfig Route() => new() { Domain = "*", Targets = [] };

    private static HttpRequestMessage Apply(ForwardingOptions options, Client client)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("9.9.9.9");
        foreach (var (name, value) in client.Headers)
            context.Request.Headers[name] = value;
        var request = new ClientRequest
        {
            Context = context,
            Target = RequestTarget.FromPathAndQuery("/"),
            Host = "h",
            IsSecure = client.Secure,
            IsWebSocket = client.WebSocket,
            IsTrusted = client.Trusted,
            Body = null,
        };
        var message = new HttpRequestMessage();
        new RequestHeaderRules(options).Apply(request, new RouteModel(client.Route, null, []), "h", client.LastIds, message);
        return message;
    }

    private static IEnumerable<string> Names(HttpRequestMessage message) => message.Headers.NonValidated.Select(h => h.Key);

    private static string? Value(HttpRequestMessage message, string name) =>
        message.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString()
        : message.Content is { } content && content.Headers.NonValidated.TryGetValues(name, out values) ? values.ToString()
        : null;

    private sealed class Client
    {
        public Dictionary<string, string> Headers { get; } = [];

        public bool Trusted { get; init; }

        public bool Secure { get; init; }

        public bool WebSocket { get; init; }

        public RouteConfig Route { get; init; } = RequestHeaderRulesTests.Route();

        public IReadOnlyList<GripLast>? LastIds { get; init; }
    }
}
