namespace GripProxy.Channels.Traffic;

/// <summary>
/// A client's HTTP request or WebSocket while it lasts, held or not. Owned by the request's pipeline, which ends it; its place among the others is
/// guarded by the lock of its group.
/// </summary>
public sealed class LiveConnection
{
    internal LiveConnection(RouteTraffic route, bool isWebSocket, long since, int group)
    {
        Route = route;
        IsWebSocket = isWebSocket;
        Since = since;
        Group = group;
    }

    /// <summary>Where it is counted.</summary>
    public RouteTraffic Route { get; }

    /// <summary>True for WebSockets and SockJS sessions, false for HTTP requests.</summary>
    public bool IsWebSocket { get; }

    /// <summary>Who it is, or null: nobody asked yet.</summary>
    public ConnectionIdentity? Identity { get; internal set; }

    internal long Since { get; }

    internal int Group { get; }

    internal long Minutes { get; set; }

    internal bool IsOver { get; set; }

    internal LiveConnection? Previous { get; set; }

    internal LiveConnection? Next { get; set; }
}
