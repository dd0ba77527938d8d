using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Protocol.Routes;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>Opens the origin's side of a WebSocket or SockJS session at the first target of the route that can be reached (HTTP-09). Immutable.</summary>
/// <param name="native">Dials origins that speak WebSocket.</param>
/// <param name="overHttp">Dials origins that speak HTTP only (RTE-36).</param>
internal sealed class WebSocketOpener(IWebSocketDialer native, IWebSocketDialer overHttp)
{
    /// <summary>Asks the targets in their order. The caller owns the origin's side, where there is one.</summary>
    /// <param name="request">The client's handshake; of a SockJS session the first request, as a WebSocket request (SJS-01).</param>
    /// <param name="path">Path and query for the origin, after the route's rewriting.</param>
    /// <param name="route">Its route.</param>
    /// <param name="cancellation">The client is gone.</param>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async Task<WebSocketOpening> OpenAsync(ClientRequest request, RequestTarget path, RouteModel route, CancellationToken cancellation)
    {
        var opening = WebSocketOpening.Unreached;
        var tried = "";
        foreach (var target in route.Targets)
        {
            tried = tried.Length == 0 ? target.Display : $"{tried}, {target.Display}";
            opening = await DialAsync(request, path, route, target, cancellation) with { Target = target, Detail = tried };
            if (!opening.MayTryNext)
                break;
        }

        return opening;
    }

    private Task<WebSocketOpening> DialAsync(
        ClientRequest request, RequestTarget path, RouteModel route, OriginTarget target, CancellationToken cancellation)
    {
        if (target.Config.Kind == TargetKind.Test)
            return Task.FromResult(TestWebSocket.Open(request, path, route));
        // Its certificate cannot be used.
        if (target.Client is null)
            return Task.FromResult(WebSocketOpening.Unreached);
        var dialer = target.Config.OverHttp ? overHttp : native;
        return dialer.DialAsync(request, path, route, target, cancellation);
    }
}
