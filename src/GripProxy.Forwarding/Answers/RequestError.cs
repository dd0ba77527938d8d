namespace GripProxy.Forwarding.Answers;

/// <summary>Why the proxy itself answers a request (HTTP-20). The same words stand in log lines.</summary>
internal enum RequestError
{
    /// <summary>No error.</summary>
    None,

    /// <summary>CONNECT, or a target that is no path and no URL (DIF-84).</summary>
    InvalidTarget,

    /// <summary>Two statements about the body's length (DIF-83).</summary>
    InvalidContentLength,

    /// <summary>A transfer coding other than <c>chunked</c>.</summary>
    UnsupportedTransferEncoding,

    /// <summary>The body does not arrive as announced.</summary>
    InvalidBody,

    /// <summary>The body is longer than <c>[limits] body</c>.</summary>
    BodyTooLarge,

    /// <summary>The body comes more slowly than <c>[limits] body_rate</c>.</summary>
    BodyTooSlow,

    /// <summary>A WebSocket handshake that is none (WS-01).</summary>
    InvalidUpgrade,

    /// <summary>No route matches.</summary>
    RouteNotFound,

    /// <summary>A client that is not trusted sends WebSocket events itself.</summary>
    WebSocketEventsForbidden,

    /// <summary>No target could be connected, or one failed before its answer.</summary>
    OriginUnreachable,

    /// <summary>No answer in time (own-config.md, <c>response_timeout</c>).</summary>
    OriginTimeout,

    /// <summary>The policy <c>untrusted</c> forbids the address (RTE-34).</summary>
    OriginBlocked,

    /// <summary>The instruct cannot be read (HTTP-19).</summary>
    InstructInvalid,

    /// <summary>The instruct is longer than 100 000 bytes (HTTP-16).</summary>
    InstructTooLarge,

    /// <summary>A filter cannot make the body of an answer without hold (FLT-06).</summary>
    FilterFailed,

    /// <summary>JSON-P: the callback is no name of a function (HTTP-40).</summary>
    InvalidCallback,

    /// <summary>JSON-P: <c>_method</c> is no method.</summary>
    InvalidMethodParameter,

    /// <summary>JSON-P: <c>_headers</c> is no JSON object of strings, or no headers can be made of it.</summary>
    InvalidHeadersParameter,

    /// <summary>JSON-P: the configured body parameter is empty.</summary>
    InvalidBodyParameter,

    /// <summary>JSON-P: <c>_body</c> is empty.</summary>
    InvalidUnderscoreBodyParameter,

    /// <summary>JSON-P: the origin's answer cannot be put into a script.</summary>
    JsonpEncoding,

    /// <summary>The request is too long to be held (HTTP-17).</summary>
    RequestTooLarge,

    /// <summary>A fault of ours.</summary>
    Internal,
}
