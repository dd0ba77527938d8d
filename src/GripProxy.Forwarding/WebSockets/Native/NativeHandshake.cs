using System.Net;
using System.Net.Http.Headers;
using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets.Native;

/// <summary>The request that asks an origin for a WebSocket, and the check of its yes (WS-01, WS-10, RFC 6455 §4). Immutable; for one attempt.</summary>
/// <param name="request">The client's request.</param>
/// <param name="route">Its route.</param>
/// <param name="target">Where to ask.</param>
/// <param name="offersDeflate">Whether compression is offered (WS-02).</param>
internal sealed class NativeHandshake(ClientRequest request, RouteModel route, OriginTarget target, bool offersDeflate)
{
    private const string Extensions = "Sec-WebSocket-Extensions";
    private const string Protocol = "websocket";

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly string _key = HandshakeKey.Make();

    /// <summary>The client's request.</summary>
    public ClientRequest Request => request;

    /// <summary>Its route.</summary>
    public RouteModel Route => route;

    /// <summary>Where to ask.</summary>
    public OriginTarget Target => target;

    /// <summary>Makes the request.</summary>
    public HttpRequestMessage ToMessage(RequestTarget path, RequestHeaderRules rules)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, new Uri(string.Concat(target.Prefix, path.Value), AsWritten))
        {
            // Not even a target with the option h2 is asked over HTTP/2: hardly any origin knows RFC 8441.
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        rules.Apply(request, route, target.Config.HostHeader ?? route.Config.AsHost ?? request.Host, lastIds: null, message);
        Set(message.Headers, "Connection", "Upgrade");
        Set(message.Headers, "Upgrade", Protocol);
        Set(message.Headers, "Sec-WebSocket-Key", _key);
        Set(message.Headers, "Sec-WebSocket-Version", "13");
        if (offersDeflate)
            message.Headers.TryAddWithoutValidation(Extensions, PerMessageDeflate.Offer);
        return message;
    }

    /// <summary>True if a 101 is the answer to this very request.</summary>
    /// <param name="headers">Its headers.</param>
    /// <param name="deflate">Whether messages may be compressed.</param>
    public bool IsAccepted(HeaderList headers, out bool deflate)
    {
        var agreement = PerMessageDeflate.ReadAnswer(headers.All(Extensions));
        deflate = agreement == DeflateAgreement.Agreed;
        return Protocol.Equals(headers.First("Upgrade")?.Trim(), StringComparison.OrdinalIgnoreCase)
            && HandshakeKey.Accept(_key).Equals(headers.First("Sec-WebSocket-Accept")?.Trim(), StringComparison.Ordinal)
            && (agreement == DeflateAgreement.None || (deflate && offersDeflate));
    }

    private static void Set(HttpRequestHeaders headers, string name, string value)
    {
        headers.Remove(name);
        headers.TryAddWithoutValidation(name, value);
    }
}
