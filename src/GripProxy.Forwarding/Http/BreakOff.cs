using System.Text;
using GripProxy.Forwarding.Answers;

namespace GripProxy.Forwarding.Http;

/// <summary>Ends an answer that broke off after its head was sent.</summary>
internal static class BreakOff
{
    /// <summary>Debug says why the body ends; else the connection is cut, so that the client sees it (HTTP-20, DIF-86).</summary>
    public static async Task EndAsync(OriginExchange exchange)
    {
        var context = exchange.Request.Context;
        // Text behind a script would not end the script.
        var maySay = exchange.IsDebug && exchange.Request.Jsonp is null && context.Response.ContentLength is null;
        if (exchange.End != ExchangeEnd.Truncated || !maySay)
        {
            context.Abort();
            return;
        }

        var text = $"\n\n{ErrorReply.TriedTargets(exchange.Detail)}\n";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
    }
}
