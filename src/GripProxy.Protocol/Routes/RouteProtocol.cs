namespace GripProxy.Protocol.Routes;

/// <summary>Condition <c>proto</c> of a route (RTE-10).</summary>
public enum RouteProtocol
{
    /// <summary>Plain HTTP requests.</summary>
    Http,

    /// <summary>WebSocket handshakes.</summary>
    WebSocket,
}
