using GripProxy.Forwarding.Requests;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.SockJs;

/// <summary>A request below the base path, understood (SJS-02). Immutable.</summary>
/// <param name="Endpoint">What it asks for.</param>
/// <param name="Session">The session it names; empty where there is none.</param>
internal readonly record struct SockJsCall(SockJsEndpoint Endpoint, string Session = "")
{
    /// <summary>Reads a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rest">Its encoded path without the base path.</param>
    public static SockJsCall Read(ClientRequest request, ReadOnlySpan<char> rest)
    {
        if (request.IsWebSocket)
            return ReadWebSocket(rest);
        if (HttpMethods.IsOptions(request.Method))
            return new SockJsCall(SockJsEndpoint.Options);
        var isGet = HttpMethods.IsGet(request.Method);
        if (isGet && rest is "/info")
            return new SockJsCall(SockJsEndpoint.Info);
        if (isGet && rest.StartsWith("/iframe") && rest.EndsWith(".html"))
            return new SockJsCall(SockJsEndpoint.Iframe);
        return TrySplit(rest, out var session, out var name) ? new SockJsCall(Find(request.Method, name), session) : default;
    }

    private static SockJsCall ReadWebSocket(ReadOnlySpan<char> rest)
    {
        if (rest is "/websocket")
            return new SockJsCall(SockJsEndpoint.RawWebSocket);
        return TrySplit(rest, out var session, out _) ? new SockJsCall(SockJsEndpoint.WebSocket, session) : default;
    }

    private static SockJsEndpoint Find(string method, ReadOnlySpan<char> name)
    {
        var isGet = HttpMethods.IsGet(method);
        if (!isGet && !HttpMethods.IsPost(method))
            return SockJsEndpoint.Unknown;
        return name switch
        {
            "xhr" when !isGet => SockJsEndpoint.Xhr,
            "xhr_streaming" when !isGet => SockJsEndpoint.XhrStreaming,
            "eventsource" when isGet => SockJsEndpoint.EventSource,
            "jsonp" => SockJsEndpoint.Jsonp,
            "xhr_send" when !isGet => SockJsEndpoint.XhrSend,
            "jsonp_send" => SockJsEndpoint.JsonpSend,
            _ => SockJsEndpoint.Unknown,
        };
    }

    /// <summary>Splits <c>/server/session/name</c>. The server is the client's own business.</summary>
    private static bool TrySplit(ReadOnlySpan<char> rest, out string session, out ReadOnlySpan<char> name)
    {
        session = "";
        name = default;
        Span<Range> parts = stackalloc Range[5];
        if (rest.Split(parts, '/') != 4 || !rest[parts[0]].IsEmpty || rest[parts[1]].IsEmpty || rest[parts[2]].IsEmpty)
            return false;
        session = rest[parts[2]].ToString();
        name = rest[parts[3]];
        return true;
    }
}
