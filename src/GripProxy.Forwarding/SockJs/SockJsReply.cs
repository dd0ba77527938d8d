using System.Text;
using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Requests;
using GripProxy.Protocol.Http;

namespace GripProxy.Forwarding.SockJs;

/// <summary>Answers with the headers that all of SockJS has (SJS-02): no cache keeps them, and pages of other sites may read them. Stateless.</summary>
internal static class SockJsReply
{
    /// <summary>Type of nearly everything.</summary>
    public const string PlainText = "text/plain";

    /// <summary>Makes an answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="code">Status.</param>
    /// <param name="contentType">Type of the body; empty: not said.</param>
    /// <param name="body">The body.</param>
    public static HttpReply Make(ClientRequest request, int code, string contentType, ReadOnlyMemory<byte> body)
    {
        var reply = new HttpReply(code, ReasonPhrases.Get(code), new HeaderList(), body);
        if (contentType.Length > 0)
            reply.Headers.Add("Content-Type", contentType);
        return Complete(request, reply);
    }

    /// <summary>Makes an answer of a line of text.</summary>
    public static HttpReply Say(ClientRequest request, int code, string text) => Make(request, code, PlainText, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds the common headers to an answer that somebody else made, as far as they are missing.</summary>
    public static HttpReply Complete(ClientRequest request, HttpReply reply)
    {
        var origin = request.Headers.Origin.ToString();
        var headers = new HeaderList(reply.Headers);
        AddMissing(headers, "Cache-Control", "no-store, no-cache, must-revalidate, max-age=0");
        AddMissing(headers, "Access-Control-Allow-Origin", origin.Length == 0 ? "*" : origin);
        AddMissing(headers, "Access-Control-Allow-Credentials", "true");
        return reply with { Headers = headers };
    }

    /// <summary>Writes an answer.</summary>
    public static Task<int> WriteAsync(ClientRequest request, HttpReply reply) =>
        ReplyWriter.WriteAsync(request.Context, reply, crossOrigin: false, close: request.HasUnreadBody);

    private static void AddMissing(HeaderList headers, string name, string value)
    {
        if (!headers.Contains(name))
            headers.Add(name, value);
    }
}
