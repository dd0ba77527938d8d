using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Forwarding.HandOver;

/// <summary>Writes down the head of a request so that the server reads it as it did the first time. Stateless.</summary>
internal static class RequestHead
{
    /// <summary>The bytes, never more than the client sent: no space is added. Values are Latin-1, as the listener reads them.</summary>
    public static byte[] Write(HttpContext context)
    {
        var request = context.Request;
        var head = new StringBuilder(256)
            .Append(request.Method).Append(' ')
            .Append(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget).Append(' ')
            .Append(request.Protocol).Append("\r\n");
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
                head.Append(name).Append(':').Append(value).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }
}
