using GripProxy.Channels.Connections;
using GripProxy.Channels.Outcomes;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Links;
using GripProxy.Forwarding.Logging;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.SockJs.Sessions;
using GripProxy.Forwarding.SockJs.Sockets;
using GripProxy.Forwarding.Traffic;
using GripProxy.Forwarding.WebSockets.OverHttp;
using GripProxy.Holds;
using GripProxy.Holds.WebSockets;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>Hands an opened WebSocket or SockJS session to the holds, with what they need to know of its request. Thread-safe.</summary>
internal sealed partial class WebSocketHolder(HoldKeeper holds, LinkServices links, ClientTraffic traffic, ForwardingOptions options, ILogger<WebSocketHolder> logger)
{
    /// <summary>Holds it to its end. Both sides are closed then.</summary>
    /// <param name="request">The client's handshake, or the first request of a SockJS session; only read before this returns its task.</param>
    /// <param name="path">Path and query for the origin, after the route's rewriting.</param>
    /// <param name="route">The request's route.</param>
    /// <param name="opening">What the origin said.</param>
    /// <param name="client">The client's side.</param>
    /// <param name="clientGone">The client's connection is gone.</param>
    public async Task<CloseReason> HoldAsync(
        ClientRequest request, RequestTarget path, RouteModel route, WebSocketOpening opening, IWebSocketClient client, CancellationToken clientGone)
    {
        var origin = opening.Origin!; // Only what was opened can be held.
        var hold = new HoldRequest
        {
            ConnectionId = request.ConnectionId,
            Url = request.Url,
            Peer = request.Peer,
            WebSocketTransport = TransportOf(client, origin),
            RouteId = route.Config.ExplicitId,
            Live = request.Live,
            ChannelPrefix = route.Config.ChannelPrefix,
            ImplicitChannels = opening.Target?.Config.Subscriptions ?? [],
            Debug = options.Debug || route.Config.Debug,
            Fetcher = new LinkFetcher(request.Host, request.IsSecure, route, opening.Target, links),
            LinkBase = request.LinkBase(route.Config, path),
        };
        traffic.Hold(request);
        if (logger.IsEnabled(LogLevel.Debug))
            Log.Opened(logger, hold.ConnectionId, LogText.Escape(hold.Url), opening.Target?.Display, opening.Grip is not null);
        try
        {
            var reason = await holds.HoldWebSocketAsync(hold, client, origin, opening.Grip, clientGone);
            Log.Ended(logger, hold.ConnectionId, reason.Word());
            return reason;
        }
        finally
        {
            origin.Abort();
        }
    }

    private static HeldTransport TransportOf(IWebSocketClient client, IWebSocketOrigin origin)
    {
        if (client is SockJsSession or SockJsSocket)
            return HeldTransport.SockJs;
        return origin is OverHttpOrigin ? HeldTransport.WebSocketOverHttp : HeldTransport.WebSocket;
    }
}
