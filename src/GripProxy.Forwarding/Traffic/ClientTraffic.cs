using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;

namespace GripProxy.Forwarding.Traffic;

/// <summary>Enters clients' requests and WebSockets into the books while they last (STA-03, STA-05). Thread-safe.</summary>
internal sealed class ClientTraffic(TrafficBook book, LiveConnections connections, ForwardingOptions options)
{
    /// <summary>A request has a route. It is to be given back to <see cref="End(ClientRequest)"/>.</summary>
    public void Begin(ClientRequest request, RouteModel route)
    {
        var identity = connections.WantsIdentity ? Identify(request) : null;
        request.Live = connections.Begin(book.Of(route.Config.ExplicitId), request.IsWebSocket, identity);
    }

    /// <summary>The request is held from now on.</summary>
    public void Hold(ClientRequest request)
    {
        if (request.Live is { } live)
            connections.Hold(live, live.Identity ?? Identify(request));
    }

    /// <summary>A hold goes to the origin again (HTTP-33).</summary>
    public static void Retry(ClientRequest request) => request.Live?.Route.Add(TrafficCount.Activity);

    /// <summary>The request is over. Does nothing if it had no route.</summary>
    public void End(ClientRequest request) => End(request.Live);

    /// <summary>What was entered is over; nothing for null.</summary>
    public void End(LiveConnection? live)
    {
        if (live is not null)
            connections.End(live);
    }

    // The id is that of the hold.
    private ConnectionIdentity Identify(ClientRequest request) => new(
        request.IsWebSocket ? request.ConnectionId : request.Context.TraceIdentifier, LogicalAddress.Of(request, options), request.IsSecure);
}
