namespace GripProxy.Channels.Connections;

/// <summary>How a held client is connected (CTL-04). <see cref="Outcomes.OutcomeWords"/> has the words.</summary>
public enum HeldTransport
{
    /// <summary>Long-poll: a request that waits for one answer.</summary>
    Response,

    /// <summary>HTTP streaming or server-sent events.</summary>
    Stream,

    /// <summary>A WebSocket whose origin has a WebSocket too.</summary>
    WebSocket,

    /// <summary>A WebSocket whose origin is spoken to in HTTP requests.</summary>
    WebSocketOverHttp,

    /// <summary>A SockJS client, whatever its origin.</summary>
    SockJs,

    /// <summary>A SignalR client, whatever its transport (SIG-01).</summary>
    SignalR,
}
