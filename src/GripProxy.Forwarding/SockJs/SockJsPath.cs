using GripProxy.Forwarding.Jsonp;
using GripProxy.Forwarding.Requests;
using GripProxy.Protocol.Routes;

namespace GripProxy.Forwarding.SockJs;

/// <summary>Which paths SockJS takes, and what the origin sees instead of them (RTE-26, SJS-01). Stateless.</summary>
internal static class SockJsPath
{
    /// <summary>True if the request is for SockJS; a plain comparison of encoded text, as Pushpin makes it.</summary>
    /// <param name="route">The request's route.</param>
    /// <param name="target">Path and query as received.</param>
    /// <param name="rest">What follows the base path.</param>
    public static bool TryMatch(RouteConfig route, RequestTarget target, out ReadOnlySpan<char> rest)
    {
        rest = default;
        if (route.SockJs is not { } basePath)
            return false;
        var path = target.Value.AsSpan(0, target.PathLength);
        var prefix = basePath.AsSpan().TrimEnd('/');
        if (!path.StartsWith(prefix, StringComparison.Ordinal))
            return false;
        rest = path[prefix.Length..];
        return true;
    }

    /// <summary>Path and query for the origin, before the route's rewriting.</summary>
    /// <param name="route">The request's route, which has SockJS.</param>
    /// <param name="target">Path and query as received.</param>
    /// <param name="endpoint">What the request asks for.</param>
    public static RequestTarget ForOrigin(RouteConfig route, RequestTarget target, SockJsEndpoint endpoint)
    {
        var path = route.SockJsAsPath ?? (route.SockJs ?? "").TrimEnd('/')
            + (endpoint is SockJsEndpoint.RawWebSocket or SockJsEndpoint.WebSocket ? "/websocket" : "");
        var query = target.Query;
        if (endpoint == SockJsEndpoint.Jsonp)
        {
            var parameters = new QueryParameters(query);
            parameters.Take("callback");
            parameters.Take("c");
            query = parameters.ToString();
        }

        return RequestTarget.FromPathAndQuery(string.Concat(path.StartsWith('/') ? "" : "/", path, query));
    }
}
