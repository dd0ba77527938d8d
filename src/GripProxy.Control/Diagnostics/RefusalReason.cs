namespace GripProxy.Control.Diagnostics;

/// <summary>Why the control port refused a request. <see cref="RefusalWord"/> has the words for log, metric and answer.</summary>
internal enum RefusalReason
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>411: no length and not chunked (PUB-02).</summary>
    LengthRequired,

    /// <summary>400: body above <c>push_in_http_max_body_size</c> (PUB-02).</summary>
    BodyTooLarge,

    /// <summary>400: the body broke off or its chunks are malformed.</summary>
    BrokenBody,

    /// <summary>406: no form in <c>Accept</c> is known (PUB-03).</summary>
    NotAcceptable,

    /// <summary>404 (PUB-04).</summary>
    NotFound,

    /// <summary>405 (PUB-04).</summary>
    MethodNotAllowed,

    /// <summary>400: the body is not JSON, or nested too deeply (PUB-05).</summary>
    InvalidJson,

    /// <summary>400: the JSON is no publish, or an item is wrong (PUB-05, PUB-11).</summary>
    InvalidFormat,

    /// <summary>404: traces are not kept (CTL-09).</summary>
    TraceOff,

    /// <summary>400: several <c>Authorization</c> headers, or a parameter of ours is wrong (CTL-01).</summary>
    InvalidParameter,

    /// <summary>401: no credential (CTL-01).</summary>
    MissingCredentials,

    /// <summary>401: the credential did not pass a check (CTL-01).</summary>
    InvalidToken,

    /// <summary>403: the credential does not cover this (CTL-01).</summary>
    NotCovered,

    /// <summary>422: what was to be reloaded has errors (CTL-06).</summary>
    InvalidConfiguration,

    /// <summary>503: the part that could do it is not there (CTL-01).</summary>
    Unavailable,

    /// <summary>500: a fault of ours.</summary>
    Failure,
}
