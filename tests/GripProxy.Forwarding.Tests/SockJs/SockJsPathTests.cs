using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.SockJs;
using GripProxy.Protocol.Routes;

namespace GripProxy.Forwarding.Tests.SockJs;

public class SockJsPathTests
{
    [Theory]
    [InlineData("/chat", "/chat", "")]
    [InlineData("/chat", "/chat/info?x=/chat", "/info")]
    [InlineData("/chat", "/chatter", "ter")]
    [InlineData("/chat/", "/chat/info", "/info")]
    [InlineData("/", "/info", "/info")]
    [InlineData("/chat", "/Chat/info", null)]
    [InlineData("/chat", "/%63hat/info", null)]
    [InlineData("/chat", "/other?/chat", null)]
    [InlineData(null, "/chat", null)]
    public void TryMatch_Path_IsComparedAsText(string? basePath, string target, string? rest)
    {
        var matches = SockJsPath.TryMatch(Route(basePath), RequestTarget.FromPathAndQuery(target), out var found);

        Assert.Equal(rest is not null, matches);
        Assert.Equal(rest ?? "", found.ToString());
    }

    [Theory]
    [InlineData(nameof(SockJsEndpoint.Xhr), "/chat/0/s/xhr?a=1&c=2", null, "/chat?a=1&c=2")]
    [InlineData(nameof(SockJsEndpoint.Jsonp), "/chat/0/s/jsonp?c=f&a=1&callback=g", null, "/chat?a=1")]
    [InlineData(nameof(SockJsEndpoint.Jsonp), "/chat/0/s/jsonp?c=f", null, "/chat")]
    [InlineData(nameof(SockJsEndpoint.WebSocket), "/chat/0/s/websocket?a=1", null, "/chat/websocket?a=1")]
    [InlineData(nameof(SockJsEndpoint.RawWebSocket), "/chat/websocket", null, "/chat/websocket")]
    [InlineData(nameof(SockJsEndpoint.RawWebSocket), "/chat/websocket?a=1", "/ws", "/ws?a=1")]
    [InlineData(nameof(SockJsEndpoint.XhrStreaming), "/chat/0/s/xhr_streaming", "ws", "/ws")]
    public void ForOrigin_Endpoint_HasThePathOfSessions(string endpoint, string target, string? asPath, string expected)
    {
        var route = Route("/chat") with { SockJsAsPath = asPath };

        Assert.Equal(expected, SockJsPath.ForOrigin(route, RequestTarget.FromPathAndQuery(target), Enum.Parse<SockJsEndpoint>(endpoint)).Value);
    }

    [Fact]
    public void ForOrigin_BaseIsTheRoot_IsTheRoot() =>
        Assert.Equal("/", SockJsPath.ForOrigin(Route("/"), RequestTarget.FromPathAndQuery("/0/s/xhr"), SockJsEndpoint.Xhr).Value);

    private static RouteConfig Route(string? basePath) => new() { Domain = "*", Targets = [], SockJs = basePath };
}
