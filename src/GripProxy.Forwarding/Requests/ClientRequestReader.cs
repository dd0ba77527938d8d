using GripProxy.Forwarding.Answers;
using GripProxy.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Forwarding.Requests;

/// <summary>
/// Looks at a request before anything is done with it: is its meaning certain (DIF-83, DIF-84), who sends it (HTTP-01, HTTP-04). Immutable.
/// </summary>
internal sealed class ClientRequestReader(ForwardingOptions options, TimeProvider time)
{
    private readonly UpstreamTrust? _trust = options.UpstreamKey is { } key ? new UpstreamTrust(key, time) : null;

    /// <summary>Reads a request.</summary>
    /// <returns>True with the request, or false with the reason for refusing it.</returns>
    public bool TryRead(HttpContext context, out ClientRequest? request, out RequestError error)
    {
        request = null;
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (HttpMethods.IsConnect(context.Request.Method) || !RequestTarget.TryParse(raw, out var target))
        {
            error = RequestError.InvalidTarget;
            return false;
        }

        error = CheckFraming(context.Request);
        if (error != RequestError.None)
            return false;

        var webSocket = context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);
        if (webSocket && !IsValidHandshake(context))
        {
            error = RequestError.InvalidUpgrade;
            return false;
        }

        var host = context.Request.Headers.Host.ToString();
        request = new ClientRequest
        {
            Context = context,
            Target = target,
            Host = host.Length == 0 ? "localhost" : host,
            IsSecure = context.Request.IsHttps || (options.AcceptForwardedProtocol && SaysSecure(context.Request.Headers)),
            IsWebSocket = webSocket,
            IsTrusted = _trust is not null && context.Request.Headers["Grip-Sig"] is { Count: 1 } signature && _trust.IsTrusted(signature.ToString()),
            Body = TakeBody(context),
        };
        return true;
    }

    // Kestrel refuses differing lengths; a length beside a transfer coding it renames and lets pass, so that such a request could hide another.
    private static RequestError CheckFraming(HttpRequest request)
    {
        var coding = request.Headers.TransferEncoding;
        if (coding.Count == 0)
            return RequestError.None;
        if (request.Headers.ContainsKey("X-Content-Length") || request.ContentLength is not null)
            return RequestError.InvalidContentLength;
        return coding.Count == 1 && !HttpProtocol.IsHttp10(request.Protocol) && "chunked".Equals(coding[0], StringComparison.OrdinalIgnoreCase)
            ? RequestError.None
            : RequestError.UnsupportedTransferEncoding;
    }

    private static bool IsValidHandshake(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        && context.Request.Headers.SecWebSocketVersion.ToString() == "13"
        && context.Request.Headers.SecWebSocketKey.Count == 1;

    private static bool SaysSecure(IHeaderDictionary headers)
    {
        var value = headers["X-Forwarded-Proto"];
        if (value.Count == 0)
            value = headers["X-Forwarded-Protocol"];
        return value.ToString() is "https" or "wss";
    }

    private static ClientBody? TakeBody(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
            return null;
        var body = new ClientBody(context.Request.Body, context.Request.ContentLength);
        context.Request.Body = body;
        return body;
    }
}
