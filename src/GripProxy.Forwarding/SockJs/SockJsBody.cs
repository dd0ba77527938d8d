using System.Buffers;
using System.Text;
using GripProxy.Forwarding.Jsonp;
using GripProxy.Forwarding.Requests;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.SockJs;

/// <summary>Reads the bodies of SockJS requests (SJS-02). Stateless.</summary>
internal static class SockJsBody
{
    /// <summary>Longest body in bytes.</summary>
    public const int Limit = 100_000;

    /// <summary>The whole body; null: it is longer than allowed.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(ClientRequest request)
    {
        if (request.Body is not { } body)
            return ReadOnlyMemory<byte>.Empty;
        if (body.IsTooLong)
            return null;
        var output = new ArrayBufferWriter<byte>(1024);
        while (await body.ReadAsync(output.GetMemory(1024), request.Context.RequestAborted) is > 0 and var count)
        {
            output.Advance(count);
            if (output.WrittenCount > Limit)
                return null;
        }

        return output.WrittenMemory;
    }

    /// <summary>The array of messages that a request to send carries: its body, or parameter <c>d</c> of its form or query.</summary>
    public static ReadOnlySpan<byte> FindPayload(ClientRequest request, SockJsEndpoint endpoint, ReadOnlyMemory<byte> body)
    {
        if (endpoint == SockJsEndpoint.XhrSend)
            return body.Span;
        if (HttpMethods.IsGet(request.Method))
            return new QueryParameters(request.Target.Query).Take("d");
        // Forms write a space as a plus sign.
        var form = Encoding.Latin1.GetString(body.Span).Replace('+', ' ');
        return new QueryParameters(form).Take("d");
    }
}
