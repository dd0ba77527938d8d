using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>Opens the origin's side of a WebSocket at one target: over a WebSocket of its own, or over HTTP requests (WOH-04). Thread-safe.</summary>
internal interface IWebSocketDialer
{
    /// <summary>Asks the target. How it went is the result; never throws for what an origin does.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    /// <param name="request">The client's handshake, or the request that began a SockJS session.</param>
    /// <param name="path">Path and query for the origin, after the route's rewriting.</param>
    /// <param name="route">Its route.</param>
    /// <param name="target">Where to ask.</param>
    /// <param name="cancellation">The client is gone.</param>
    Task<WebSocketOpening> DialAsync(ClientRequest request, RequestTarget path, RouteModel route, OriginTarget target, CancellationToken cancellation);
}
