using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;

namespace GripProxy.Proxy.Listeners.Http2;

/// <summary>
/// Lets a WebSocket handshake over HTTP/2 (RFC 8441) look like one over HTTP/1.1, so that what comes after knows one kind only. The server tells
/// every HTTP/2 client that it takes such handshakes, and browsers then use no other on that connection. Stateless.
/// </summary>
internal static class Http2WebSockets
{
    private const int KeyBytes = 16;

    /// <summary>The handler, for either kind of handshake.</summary>
    public static RequestDelegate Before(RequestDelegate handler) => context =>
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect
            && "websocket".Equals(connect.Protocol, StringComparison.OrdinalIgnoreCase))
        {
            Translate(context, connect);
        }

        return handler(context);
    };

    private static void Translate(HttpContext context, IHttpExtendedConnectFeature connect)
    {
        var request = context.Request;
        request.Method = HttpMethods.Get;
        request.Protocol = HttpProtocol.Http11;
        request.Headers.Connection = HeaderNames.Upgrade;
        request.Headers.Upgrade = "websocket";
        request.Headers.SecWebSocketKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        var upgrade = new Upgrade(context.Response, connect);
        context.Response.OnStarting(upgrade.CheckRefusalAsync);
        context.Features.Set<IHttpUpgradeFeature>(upgrade);
        context.Features.Set<IHttpRequestBodyDetectionFeature>(new NoBody());
        context.Features.Set<IHttpExtendedConnectFeature>(null);
        // To the server its messages are a body, which has neither an end nor a pace.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private sealed class Upgrade(HttpResponse response, IHttpExtendedConnectFeature connect) : IHttpUpgradeFeature
    {
        private bool _isAccepted;

        public bool IsUpgradableRequest => true;

        public async Task<Stream> UpgradeAsync()
        {
            _isAccepted = true;
            // HTTP/2 has no 101, and its handshake proves nothing by a key.
            response.StatusCode = StatusCodes.Status200OK;
            response.Headers.Remove(HeaderNames.SecWebSocketAccept);
            return await connect.AcceptAsync();
        }

        // An origin may refuse with any status but 101 (WS-04). Over HTTP/2 one of success would open the WebSocket.
        public Task CheckRefusalAsync()
        {
            if (!_isAccepted && response.StatusCode is >= 200 and < 300)
                response.StatusCode = StatusCodes.Status502BadGateway;
            return Task.CompletedTask;
        }
    }

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => false;
    }
}
