using System.Buffers;
using System.Text;
using GripProxy.Proxy.Diagnostics;
using GripProxy.Proxy.Listeners.Admission;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace GripProxy.Proxy.Listeners;

/// <summary>
/// Refuses what the server lets pass although an origin could read it in another way than we do (DIF-83, DIF-84): two kinds of framing at once,
/// transfer codings we do not undo, and targets that name no resource. Stateless.
/// </summary>
internal static class FramingGuard
{
    // Where the server puts a Content-Length that stood beside a Transfer-Encoding. A request that brings such a header itself, together
    // with both, does not get this far.
    private const string DisplacedLength = "X-Content-Length";

    private static readonly SearchValues<char> NotInTargets = SearchValues.Create(
        [.. Enumerable.Range(0, 0x21).Select(i => (char)i), '\x7f']);

    /// <summary>The handler, for requests that mean one thing only; the others get 400 and a closed connection.</summary>
    public static RequestDelegate Before(RequestDelegate handler, ListenerMetrics metrics) => context =>
    {
        if (Fault(context.Request) is not { } detail)
            return handler(context);
        metrics.Refused(RefusalReason.BadRequest);
        return RefuseAsync(context, detail);
    };

    private static string? Fault(HttpRequest request)
    {
        var codings = request.Headers.TransferEncoding;
        if (codings.Count > 0 && CodingFault(request, codings) is { } fault)
        {
            return fault;
        }

        // An absolute target has a path; CONNECT and "*" have none.
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return HttpMethods.IsConnect(request.Method) || target == "*" || target.AsSpan().ContainsAny(NotInTargets)
            ? "invalid request target"
            : null;
    }

    private static string? CodingFault(HttpRequest request, StringValues codings)
    {
        if (request.Headers.ContainsKey(DisplacedLength))
        {
            return "invalid content length";
        }

        // HTTP/1.0 has no transfer codings: whoever sent this reads it differently than it was meant (RFC 9112, 6.1).
        var chunked = codings.Count == 1 && string.Equals(codings[0], "chunked", StringComparison.OrdinalIgnoreCase);
        return chunked && !HttpProtocol.IsHttp10(request.Protocol) ? null : "unsupported transfer encoding";
    }

    private static Task RefuseAsync(HttpContext context, string detail)
    {
        var body = Encoding.ASCII.GetBytes($"Failed to parse request: {detail}\n");
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.Headers.ContentType = "text/plain";
        context.Response.Headers.Connection = "close";
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
