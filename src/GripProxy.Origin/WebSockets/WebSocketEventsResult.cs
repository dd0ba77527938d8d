using GripProxy.Protocol.WebSockets;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Origin.WebSockets;

/// <summary>Answers with events (WOH-03). Immutable.</summary>
internal sealed class WebSocketEventsResult(ReadOnlyMemory<byte> body, IReadOnlyList<KeyValuePair<string, string>> headers) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status200OK;
        foreach (var (name, value) in headers)
            response.Headers[name] = value;
        // Exactly so: a parameter behind it would be another type to the proxy (WOH-04).
        response.ContentType = WebSocketEventWriter.ContentType;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }
}
