using GripProxy.Forwarding.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>Makes of the first request of a session the WebSocket handshake that its origin sees (SJS-01). Stateless.</summary>
internal static class SockJsHandshake
{
    /// <summary>A request without body that outlives the client's; the session is longer than each of its requests.</summary>
    public static ClientRequest Make(ClientRequest first)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, values) in first.Headers)
            headers.Append(name, values);
        headers.Remove("Content-Length");
        headers.Remove("Transfer-Encoding");
        var context = new DefaultHttpContext { TraceIdentifier = first.Context.TraceIdentifier };
        context.Features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            Protocol = first.Context.Request.Protocol,
            Scheme = first.Context.Request.Scheme,
            RawTarget = first.Target.Value,
            Headers = headers,
        });
        context.Connection.RemoteIpAddress = first.Context.Connection.RemoteIpAddress;
        return new ClientRequest
        {
            Context = context,
            Target = first.Target,
            Host = first.Host,
            IsSecure = first.IsSecure,
            IsWebSocket = true,
            IsTrusted = first.IsTrusted,
            Body = null,
        };
    }
}
