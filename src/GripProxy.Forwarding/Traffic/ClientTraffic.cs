using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;

namespace GripProxy.Forwarding.Traffic;

/// <summary>Enters clients' requests and WebSockets into the books while they last (STA-03, STA-05). Thread-safe.</summary>
internal sealed class ClientTraffic(TrafficBook book, LiveConnections connections, ForwardingOptions options)
{
    /// <summary>A request has a route, or (null) needs none. It is to be given back to <see cref="End(ClientRequest)"/>.</summary>
    public void Begin(ClientRequest request, RouteModel? route)
    {
        var identity = connections.WantsIdentity ? Identify(request) : null;
        var traffic = book.Of(route?.Config.ExplicitId);
        request.Live = connections.Begin(traffic, request.IsWebSocket, identity);
        if (book.CountsBytes)
            traffic.Add(TrafficCount.ClientHeaderBytesReceived, HeadSize.Of(request));
    }

    /// <summary>The request is held from now on.</summary>
    public void Hold(ClientRequest request)
    {
        if (request.Live is { } live)
            connections.Hold(live, live.Identity ?? Identify(request));
    }

    /// <summary>A hold goes to the origin again (HTTP-33).</summary>
    public static void Retry(ClientRequest request) => request.Live?.Route.Add(TrafficCount.Activity);

    /// <summary>The head of an answer is with the client, and so much of its body (STA-08).</summary>
    public static void Answered(ClientRequest request, long bytes)
    {
        if (request.Live?.Route is not { CountsBytes: true } route)
            return;
        route.Add(TrafficCount.ClientHeaderBytesSent, HeadSize.Of(request.Context.Response));
        route.Add(TrafficCount.ClientContentBytesSent, bytes);
    }

    /// <summary>The request is over. Does nothing if it had no route.</summary>
    public void End(ClientRequest request)
    {
        if (request is { Body: { } body, Live.Route: { CountsBytes: true } route })
            CountBody(body, route);
        End(request.Live);
    }

    /// <summary>What was entered is over; nothing for null.</summary>
    public void End(LiveConnection? live)
    {
        if (live is not null)
            connections.End(live);
    }

    private static void CountBody(ClientBody body, RouteTraffic route)
    {
        route.Add(TrafficCount.ClientContentBytesReceived, body.Length64);
        // The other bodies are counted when they are sent.
        if (!body.HasDeclaredLength)
            route.Add(TrafficCount.ServerContentBytesSent, body.Length64);
    }

    // The id is that of the hold.
    private ConnectionIdentity Identify(ClientRequest request) => new(
        request.IsWebSocket ? request.ConnectionId : request.Context.TraceIdentifier, LogicalAddress.Of(request, options), request.IsSecure);
}
