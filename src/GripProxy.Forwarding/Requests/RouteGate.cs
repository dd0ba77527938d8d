using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Http;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.Requests;

/// <summary>What a route refuses before its origin is asked (HTTP-20). Immutable.</summary>
internal static class RouteGate
{
    private const string EventsType = "application/websocket-events";

    /// <summary>What this release cannot do, and what a client may not; None: go on.</summary>
    public static RequestError Check(ClientRequest request, RouteModel route)
    {
        if (route.Config.SockJs is { } sockJs && IsBelow(request.Target.Path, sockJs))
            return RequestError.SockJsUnavailable;
        if (!route.HasOverHttp)
            return RequestError.None;
        if (request.IsWebSocket)
            return RequestError.OverHttpUnavailable;
        var sendsEvents = !request.IsTrusted
            && HttpMethods.IsPost(request.Method)
            && (request.Context.Request.ContentType ?? "").StartsWith(EventsType, StringComparison.OrdinalIgnoreCase);
        return sendsEvents ? RequestError.WebSocketEventsForbidden : RequestError.None;
    }

    private static bool IsBelow(string path, string basePath)
    {
        var prefix = basePath.AsSpan().TrimEnd('/');
        return path.AsSpan().StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/');
    }
}
