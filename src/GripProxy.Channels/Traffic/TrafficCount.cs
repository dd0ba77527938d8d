namespace GripProxy.Channels.Traffic;

/// <summary>What is counted of each route (STA-03, STA-08). "Client" and "server" are the two neighbours; server is the origin.</summary>
public enum TrafficCount
{
    /// <summary>HTTP requests and WebSocket connects of clients.</summary>
    Requests,

    /// <summary>Signs of life: requests, retries, keep-alives, and a WebSocket with traffic once a minute (STA-03).</summary>
    Activity,

    /// <summary>Minutes of connections; each begun one counts.</summary>
    Minutes,

    /// <summary>Deliveries: items at connections.</summary>
    Sent,

    /// <summary>Of these, to response holds.</summary>
    HttpResponseSent,

    /// <summary>Blocks of deliveries (PUB-33).</summary>
    BlocksSent,

    /// <summary>Estimated size of request heads of clients.</summary>
    ClientHeaderBytesReceived,

    /// <summary>Estimated size of answer heads to clients.</summary>
    ClientHeaderBytesSent,

    /// <summary>Bytes of request bodies and WebSocket messages of clients.</summary>
    ClientContentBytesReceived,

    /// <summary>Bytes of answer bodies and WebSocket messages to clients.</summary>
    ClientContentBytesSent,

    /// <summary>WebSocket messages and control frames of clients.</summary>
    ClientMessagesReceived,

    /// <summary>WebSocket messages and control frames to clients.</summary>
    ClientMessagesSent,

    /// <summary>Estimated size of answer heads of origins.</summary>
    ServerHeaderBytesReceived,

    /// <summary>Estimated size of request heads to origins.</summary>
    ServerHeaderBytesSent,

    /// <summary>Bytes of answer bodies and WebSocket messages of origins.</summary>
    ServerContentBytesReceived,

    /// <summary>Bytes of request bodies and WebSocket messages to origins.</summary>
    ServerContentBytesSent,

    /// <summary>WebSocket messages and control frames of origins.</summary>
    ServerMessagesReceived,

    /// <summary>WebSocket messages and control frames to origins.</summary>
    ServerMessagesSent,
}
