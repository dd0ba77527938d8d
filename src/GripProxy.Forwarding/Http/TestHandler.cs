using System.Buffers;
using System.Text;
using GripProxy.Forwarding.Requests;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Routes;
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
        return PageOf(exchange.Path, exchange.Route.Config) switch
        {
            "/" => Text(200, "Hello from the GripProxy test handler!\n"),
            "/response" => Hold("response", exchange.Path, "nothing for now\n"),
            "/stream" => Hold("stream", exchange.Path, "[stream opened]\n"),
            _ => NotFound,
        };
    }

    /// <summary>The answer to a page that is not there.</summary>
    public static HttpReply NotFound { get; } = Text(404, "no such test resource\n");

    /// <summary>Which page a path means: without the route's <c>path_beg</c>, and without a slash at its end.</summary>
    public static string PageOf(RequestTarget target, RouteConfig route)
    {
        var path = target.Path;
        if (route.PathBegin is { } prefix)
        {
            var strip = prefix.TrimEnd('/');
            if (path.StartsWith(strip, StringComparison.Ordinal))
                path = path[strip.Length..];
        }

        return path.Length > 1 ? path.TrimEnd('/') : path;
    }

    /// <summary>The channels that a query names, or <c>test</c>.</summary>
    public static IReadOnlyList<string> ChannelsOf(RequestTarget target)
    {
        List<string> channels = [];
        foreach (var pair in new QueryStringEnumerable(target.Query.ToString()))
        {
            if (pair.DecodeName().Span.SequenceEqual("channel"))
                channels.Add(pair.DecodeValue().ToString());
        }

        if (channels.Count == 0)
            channels.Add("test");
        return channels;
    }

    private static HttpReply Hold(string mode, RequestTarget target, string body)
    {
        var reply = Text(200, body);
        var headers = new HeaderList(reply.Headers);
        headers.Add("Grip-Hold", mode);
        foreach (var channel in ChannelsOf(target))
        {
            if (channel.AsSpan().ContainsAny(NotInHeader))
                return Text(400, "invalid channel\n");
            headers.Add("Grip-Channel", HeaderText.FromUnicode(channel));
        }

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
