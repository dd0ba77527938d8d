using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Jsonp;
using GripProxy.Forwarding.SockJs;
using GripProxy.Protocol.Routes;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.Requests;

/// <summary>What a route makes of a request and what it refuses before its origin is asked (HTTP-20). Immutable.</summary>
internal static class RouteGate
{
    private const string EventsType = "application/websocket-events";

    /// <summary>
    /// Applies once what the route, or its absence, says about pages of other sites (HTTP-39, HTTP-40). SockJS has its own way to serve them.
    /// </summary>
    /// <returns>None, or which JSON-P parameter is wrong.</returns>
    public static RequestError Enter(ClientRequest request, RouteModel? route, ForwardingOptions options)
    {
        request.IsCrossOrigin = options.AutoCrossOrigin || route is { Config.AutoCrossOrigin: true };
        return request.IsCrossOrigin && (route is null || !SockJsPath.TryMatch(route.Config, request.Target, out _))
            ? JsonpRequestReader.Apply(request, route?.Config.Jsonp ?? JsonpConfig.Default)
            : RequestError.None;
    }

    /// <summary>What a client may not do; None: go on.</summary>
    public static RequestError Check(ClientRequest request, RouteModel route)
    {
        // SockJS passes on nothing of its requests but their headers.
        var sendsEvents = route.HasOverHttp
            && !request.IsTrusted
            && HttpMethods.IsPost(request.Method)
            && request.Headers.ContentType.ToString().StartsWith(EventsType, StringComparison.OrdinalIgnoreCase)
            && !SockJsPath.TryMatch(route.Config, request.Target, out _);
        return sendsEvents ? RequestError.WebSocketEventsForbidden : RequestError.None;
    }
}
