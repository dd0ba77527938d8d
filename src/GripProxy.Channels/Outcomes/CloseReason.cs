namespace GripProxy.Channels.Outcomes;

/// <summary>Why a held connection ended. The same words stand in logs, metrics, traces and the API (CTL-08).</summary>
public enum CloseReason
{
    /// <summary>The client went away.</summary>
    Client,

    /// <summary>The origin ended it.</summary>
    Origin,

    /// <summary>An item ended it: the answer of a response hold, or action close.</summary>
    Published,

    /// <summary>A response hold's timeout, or a stream without a byte for too long (HTTP-22).</summary>
    Timeout,

    /// <summary>Its queue was full.</summary>
    Overflow,

    /// <summary>The proxy is going down.</summary>
    Drain,

    /// <summary>Closed through the control port.</summary>
    Admin,

    /// <summary>Its token ran out.</summary>
    TokenExpired,

    /// <summary>A fault of ours or of the instruct.</summary>
    Error,
}
