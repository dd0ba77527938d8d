namespace GripProxy.Forwarding.Diagnostics;

/// <summary>How a request to an origin went, as <c>gripproxy_origin_seconds</c> has it (STA-30).</summary>
internal enum OriginOutcome
{
    /// <summary>It answered, with a status below 500.</summary>
    Ok,

    /// <summary>It answered with a status of 500 or more, or with what is no HTTP, or broke off.</summary>
    Error,

    /// <summary>No connection was made, or it is forbidden.</summary>
    Unreachable,

    /// <summary>The answer's head did not come in time.</summary>
    Timeout,
}
