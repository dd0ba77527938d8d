using System.Text;
using GripProxy.Forwarding.Http;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.Sharing;

/// <summary>
/// What makes two requests equal under <c>share_all</c> (HTTP-10): route, method and URI as in Pushpin, and here also who asks, because one
/// user's answer is not another's to see. Immutable.
/// </summary>
internal readonly record struct SharedKey(RouteModel Route, string Method, string Url, bool IsTrusted, bool IsScript, string Credentials)
{
    /// <summary>The key of a request; null if it cannot be shared: it has a body, or its answer has none.</summary>
    public static SharedKey? Of(OriginExchange exchange)
    {
        var request = exchange.Request;
        if (request.Body is not null || request.IsHead)
            return null;
        return new SharedKey(exchange.Route, request.Method, request.Url, request.IsTrusted, request.Jsonp is not null, Asker(exchange, request.Headers));
    }

    private static string Asker(OriginExchange exchange, IHeaderDictionary headers)
    {
        var text = new StringBuilder();
        text.Append(headers.Authorization).Append('\n').Append(headers.Cookie);
        foreach (var last in exchange.LastIds ?? [])
            text.Append('\n').Append(last.Channel).Append('\n').Append(last.LastId);
        return text.ToString();
    }
}
