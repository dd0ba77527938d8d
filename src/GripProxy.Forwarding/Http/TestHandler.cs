using System.Buffers;
using System.Text;
using GripProxy.Forwarding.Requests;
using GripProxy.Protocol.Http;
using Microsoft.AspNetCore.WebUtilities;
using ReasonPhrases = GripProxy.Protocol.Http.ReasonPhrases;

namespace GripProxy.Forwarding.Http;

/// <summary>The built-in target <c>test</c> (RTE-20): an origin small enough to try a proxy with. Immutable.</summary>
internal static class TestHandler
{
    private static readonly SearchValues<char> NotInHeader = SearchValues.Create(",;\"\\\r\n\0");

    /// <summary>What an origin of this kind would answer.</summary>
    public static async ValueTask<HttpReply> AnswerAsync(OriginExchange exchange)
    {
        if (exchange.Request.Body is { } body && !await ReadAsync(body, exchange.Request.Context.RequestAborted))
            return Text(400, "request too large\n");
        var path = exchange.Path.Path;
        if (exchange.Route.Config.PathBegin is { } prefix)
        {
            var strip = prefix.TrimEnd('/');
            if (path.StartsWith(strip, StringComparison.Ordinal))
                path = path[strip.Length..];
        }

        if (path.Length > 1)
            path = path.TrimEnd('/');
        return path switch
        {
            "/" => Text(200, "Hello from the GripProxy test handler!\n"),
            "/response" => Hold("response", exchange.Path, "nothing for now\n"),
            "/stream" => Hold("stream", exchange.Path, "[stream opened]\n"),
            _ => Text(404, "no such test resource\n"),
        };
    }

    private static HttpReply Hold(string mode, RequestTarget target, string body)
    {
        var reply = Text(200, body);
        var headers = new HeaderList(reply.Headers);
        headers.Add("Grip-Hold", mode);
        var any = false;
        foreach (var pair in new QueryStringEnumerable(target.Query.ToString()))
        {
            if (!pair.DecodeName().Span.SequenceEqual("channel"))
                continue;
            var channel = pair.DecodeValue().ToString();
            if (channel.AsSpan().ContainsAny(NotInHeader))
                return Text(400, "invalid channel\n");
            headers.Add("Grip-Channel", HeaderText.FromUnicode(channel));
            any = true;
        }

        if (!any)
            headers.Add("Grip-Channel", "test");
        return reply with { Headers = headers };
    }

    private static HttpReply Text(int code, string text) =>
        new(code, ReasonPhrases.Get(code), new HeaderList([new HeaderField("Content-Type", "text/plain")]), Encoding.UTF8.GetBytes(text));

    /// <summary>Reads the request's body to its end; false if it is too long.</summary>
    private static async ValueTask<bool> ReadAsync(ClientBody body, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while (!body.IsTooLong)
            {
                if (await body.ReadAsync(buffer, cancellationToken) == 0)
                    return true;
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
