using System.Net;
using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Jsonp;
using GripProxy.Protocol.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Forwarding.Requests;

/// <summary>What the proxy knows of a client's request. Owned by the request's pipeline.</summary>
internal sealed class ClientRequest
{
    private const string TokenParameter = "access_token";

    private string? _method;
    private IHeaderDictionary? _headers;

    /// <summary>The request and its response.</summary>
    public required HttpContext Context { get; init; }

    /// <summary>Path and query as received, or as JSON-P means them.</summary>
    public required RequestTarget Target { get; set; }

    /// <summary>Host and port as received, or <c>localhost</c> (HTTP-01).</summary>
    public required string Host { get; init; }

    /// <summary>Whether the client came by TLS, or a proxy in front says so (HTTP-01).</summary>
    public required bool IsSecure { get; init; }

    /// <summary>Whether it is a WebSocket handshake (WS-01).</summary>
    public required bool IsWebSocket { get; init; }

    /// <summary>Whether the client is a trusted GRIP proxy (HTTP-04).</summary>
    public required bool IsTrusted { get; set; }

    /// <summary>The origin that it is for whatever the routes say, or null.</summary>
    public InnerOrigin? Inner { get; set; }

    /// <summary>What of this process answers, as logs tell it; null: an origin does.</summary>
    public string? InnerName { get; set; }

    /// <summary>The body, or null if the request has none.</summary>
    public required ClientBody? Body { get; set; }

    /// <summary>
    /// Id of the client's WebSocket or SockJS session for its whole life: a lower-case UUID (WOH-02). The hold, the log, the control port and the
    /// origin all know it by this one.
    /// </summary>
    public string ConnectionId => field ??= Guid.NewGuid().ToString();

    /// <summary>What the client wants its answer wrapped in, or null (HTTP-40).</summary>
    public JsonpCall? Jsonp { get; private set; }

    /// <summary>True if a part of the body is still on its way: what follows on the connection is not the next request.</summary>
    public bool HasUnreadBody => Jsonp is null && Body is { IsComplete: false };

    /// <summary>The request among all that are under way, or null: it has no route yet (STA-05).</summary>
    public LiveConnection? Live { get; set; }

    /// <summary>CORS headers are wanted (HTTP-39).</summary>
    public bool IsCrossOrigin { get; set; }

    /// <summary>True after the first hold asked to go to the origin again (HTTP-33).</summary>
    public bool IsRetry { get; set; }

    /// <summary>Its turn at the origin, which it waited for before it came back into HTTP, or null; who takes it gives it back.</summary>
    public IDisposable? Place { private get; set; }

    /// <summary>How often in a row it was repeated only because a channel was new (HTTP-36).</summary>
    public int FirstSubscriptionRetries { get; set; }

    /// <summary>Number of the exchange whose answer this request shared with others, for log lines, or null (HTTP-10).</summary>
    public long? SharedAs { get; set; }

    /// <summary>Method for the origin: the client's, or what JSON-P means.</summary>
    public string Method => _method ?? Context.Request.Method;

    /// <summary>Headers for the origin: the client's, or what JSON-P means.</summary>
    public IHeaderDictionary Headers => _headers ?? Context.Request.Headers;

    /// <summary>True if the origin's answer has no body whatever its headers say.</summary>
    public bool IsHead => HttpMethods.IsHead(Method);

    /// <summary>Takes the place, once.</summary>
    public IDisposable? TakePlace()
    {
        var place = Place;
        Place = null;
        return place;
    }

    /// <summary>Address of the TCP peer; null on a Unix socket.</summary>
    public IPAddress? Peer =>
        Context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : Context.Connection.RemoteIpAddress;

    /// <summary>Kind of request for routes (RTE-10).</summary>
    public RouteProtocol Protocol => IsWebSocket ? RouteProtocol.WebSocket : RouteProtocol.Http;

    /// <summary><c>http</c>, <c>https</c>, <c>ws</c> or <c>wss</c>.</summary>
    public string Scheme => (IsWebSocket, IsSecure) switch
    {
        (false, false) => "http",
        (false, true) => "https",
        (true, false) => "ws",
        (true, true) => "wss",
    };

    /// <summary>Full URL as the client means it (CLI-11).</summary>
    public string Url => $"{Scheme}://{Host}{(HidesToken ? Target.Without(TokenParameter) : Target).Value}";

    /// <summary>
    /// The URL is without a token: the protocol of the client puts it there, because a browser cannot send a header with a WebSocket, and the log is not to
    /// have it. The origin gets it all the same.
    /// </summary>
    public bool HidesToken { private get; set; }

    /// <summary>Host name without port and brackets, as routes name it (RTE-04).</summary>
    public ReadOnlySpan<char> HostName
    {
        get
        {
            var host = Host.AsSpan();
            if (host[0] == '[')
            {
                var bracket = host.IndexOf(']');
                return bracket < 0 ? host : host[1..bracket];
            }

            return host.LastIndexOf(':') is >= 0 and var colon ? host[..colon] : host;
        }
    }

    /// <summary>What links and relative addresses of the origin resolve against: the client's URI after the route's rewriting (HTTP-30).</summary>
    /// <param name="route">The request's route.</param>
    /// <param name="path">Path and query for the origin.</param>
    public Uri? LinkBase(RouteConfig route, RequestTarget path) =>
        Uri.TryCreate($"{(IsSecure ? "https" : "http")}://{route.AsHost ?? Host}{path.Value}", UriKind.Absolute, out var uri) ? uri : null;

    /// <summary>From now on the request is what the script's URL stands for (HTTP-40).</summary>
    public void Become(string method, RequestTarget target, IHeaderDictionary headers, byte[]? body, JsonpCall call)
    {
        _method = method;
        _headers = headers;
        Target = target;
        Jsonp = call;
        if (body is null)
            return;
        Body = new ClientBody(new MemoryStream(body), body.Length);
        Context.Request.Body = Body;
        Context.Features.Set<IHttpRequestBodyDetectionFeature>(new GivenBody());
    }

    /// <summary>Tells the relay that there is a body although the client sent none. Immutable.</summary>
    private sealed class GivenBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => true;
    }
}
