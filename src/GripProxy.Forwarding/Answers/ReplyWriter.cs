using GripProxy.Forwarding.Headers;
using GripProxy.Protocol.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Forwarding.Answers;

/// <summary>Writes whole answers, and the heads of streams, to a client.</summary>
internal static class ReplyWriter
{
    /// <summary>True if an answer with this status may have a body (HTTP-18).</summary>
    public static bool HasBody(int code) => code is not (< 200 or 204 or 205 or 304);

    /// <summary>Writes a whole answer and gives back how many bytes of body the client got.</summary>
    /// <param name="context">The request.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="crossOrigin">Whether CORS headers are wanted (HTTP-39).</param>
    /// <param name="close">Whether the connection ends with it.</param>
    public static async Task<int> WriteAsync(HttpContext context, HttpReply reply, bool crossOrigin, bool close)
    {
        SetHead(context, reply, crossOrigin);
        if (close)
            context.Response.Headers.Connection = "close";
        if (!HasBody(reply.Code))
            return 0;
        var isHead = HttpMethods.IsHead(context.Request.Method);
        // The origin's answer to HEAD has no body, so that nobody knows the length it would have.
        if (!isHead || reply.Body.Length > 0)
            context.Response.ContentLength = reply.Body.Length;
        if (isHead || reply.Body.Length == 0)
            return 0;
        await context.Response.Body.WriteAsync(reply.Body, context.RequestAborted);
        return reply.Body.Length;
    }

    /// <summary>Sets status and headers; nothing is sent yet. What an earlier attempt left there is gone.</summary>
    public static void SetHead(HttpContext context, HttpReply reply, bool crossOrigin)
    {
        var response = context.Response;
        response.Clear();
        response.StatusCode = reply.Code;
        if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
            context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = reply.Reason;
        for (var i = 0; i < reply.Headers.Count; i++)
            response.Headers.Append(reply.Headers[i].Name, reply.Headers[i].Value);
        if (crossOrigin)
            CrossOriginHeaders.Add(context.Request, response);
    }
}
