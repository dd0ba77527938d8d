namespace GripProxy.Forwarding.SockJs;

/// <summary>What a request below the base path of SockJS asks for (SJS-02).</summary>
internal enum SockJsEndpoint
{
    /// <summary>Nothing that exists.</summary>
    Unknown,

    /// <summary>May a page of another site ask?</summary>
    Options,

    /// <summary>What this server can do.</summary>
    Info,

    /// <summary>The page for the iframe transports.</summary>
    Iframe,

    /// <summary>A WebSocket that passes through as it is.</summary>
    RawWebSocket,

    /// <summary>A WebSocket with SockJS frames (SJS-04).</summary>
    WebSocket,

    /// <summary>Open a session, or wait for its next frame.</summary>
    Xhr,

    /// <summary>Open a session, or receive its frames line by line.</summary>
    XhrStreaming,

    /// <summary>Open a session, or receive its frames as server-sent events.</summary>
    EventSource,

    /// <summary>Open a session, or wait for its next frame, as a script.</summary>
    Jsonp,

    /// <summary>Messages from the client.</summary>
    XhrSend,

    /// <summary>Messages from the client, out of a form.</summary>
    JsonpSend,
}
