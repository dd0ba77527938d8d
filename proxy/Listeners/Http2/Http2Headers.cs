using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace GripProxy.Proxy.Listeners.Http2;

/// <summary>
/// Takes off an HTTP/2 answer what HTTP/2 forbids (RFC 9113, 8.2.2), whether an origin, an instruct or the proxy put it there. The server
/// would too, but with a warning for each answer. Stateless.
/// </summary>
internal static class Http2Headers
{
    /// <summary>The handler, for every version of HTTP.</summary>
    public static RequestDelegate Before(RequestDelegate handler) => context =>
    {
        if (HttpProtocol.IsHttp2(context.Request.Protocol))
            context.Response.OnStarting(static state => Clean(((HttpResponse)state).Headers), context.Response);
        return handler(context);
    };

    private static Task Clean(IHeaderDictionary headers)
    {
        headers.Remove(HeaderNames.Connection);
        headers.Remove(HeaderNames.KeepAlive);
        headers.Remove(HeaderNames.ProxyConnection);
        headers.Remove(HeaderNames.TransferEncoding);
        headers.Remove(HeaderNames.Upgrade);
        return Task.CompletedTask;
    }
}
