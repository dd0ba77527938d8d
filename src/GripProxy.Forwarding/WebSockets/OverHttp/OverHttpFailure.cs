namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>Why WebSocket-over-HTTP with an origin ended otherwise than by a close (WOH-06, WOH-08, WOH-11). The same words stand in log lines.</summary>
internal enum OverHttpFailure
{
    /// <summary>No failure.</summary>
    None,

    /// <summary>No connection to the origin could be made.</summary>
    Unreached,

    /// <summary>The policy <c>untrusted</c> forbids the origin's address (RTE-34).</summary>
    Blocked,

    /// <summary>The connection to the origin broke before the answer was complete, or the answer is no HTTP.</summary>
    Broken,

    /// <summary>The origin took too long (own-config.md, <c>response_timeout</c>, <c>idle_timeout</c>).</summary>
    TimedOut,

    /// <summary>The answer's head is too long or says two things.</summary>
    InvalidHead,

    /// <summary>The answer's status is not 200.</summary>
    WrongStatus,

    /// <summary>The answer's type is not <c>application/websocket-events</c>.</summary>
    WrongType,

    /// <summary>The answer's body is longer than 1 000 000 bytes.</summary>
    TooLong,

    /// <summary>The answer's body is no sequence of events, or one cannot be a frame.</summary>
    InvalidEvents,

    /// <summary>The answer to <c>OPEN</c> does not begin with <c>OPEN</c>.</summary>
    NotOpened,

    /// <summary>The origin says that it accepted more content than it was offered.</summary>
    AcceptedTooMuch,

    /// <summary>The origin accepted nothing although no more can be offered.</summary>
    AcceptedNothing,

    /// <summary>The origin accepted everything but the close.</summary>
    CloseNotAccepted,

    /// <summary>The origin did not answer the close with a close, and will not be asked again (WOH-10).</summary>
    CloseNotAnswered,

    /// <summary>The origin wants the client cut off: <c>DISCONNECT</c>, or a second <c>OPEN</c>.</summary>
    Disconnected,
}
