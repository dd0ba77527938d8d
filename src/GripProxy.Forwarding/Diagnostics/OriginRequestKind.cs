namespace GripProxy.Forwarding.Diagnostics;

/// <summary>Why an origin is asked, as <c>gripproxy_origin_requests_total</c> has it (STA-30).</summary>
internal enum OriginRequestKind
{
    /// <summary>For a client's request or WebSocket handshake.</summary>
    Request,

    /// <summary>Once more for a held request (HTTP-33).</summary>
    Retry,

    /// <summary>For the next link of a stream (HTTP-30).</summary>
    Next,

    /// <summary>To report a client that left (HTTP-31).</summary>
    Gone,

    /// <summary>With events of a WebSocket (WOH-01).</summary>
    WebSocketOverHttp,

    /// <summary>By a filter of a subscription (FLT-08).</summary>
    Filter,
}
