namespace GripProxy.Channels.Outcomes;

/// <summary>Why a delivery (one item at one connection) was lost. The same words stand in logs, metrics, traces and the API (CTL-08).</summary>
public enum DropReason
{
    /// <summary>The connection's queue was full (own-config.md, Overflow).</summary>
    QueueFull,

    /// <summary>The connection is about to end.</summary>
    ConnectionClosed,

    /// <summary>A filter failed on it (FLT-07).</summary>
    FilterError,

    /// <summary>It is made for other content filters than the subscription has (FLT-05).</summary>
    ContentFilters,

    /// <summary>It came while the hold was joining or asking its origin, and too much waited for that already.</summary>
    NotJoined,

    /// <summary>What waited for an unreachable Redis was too much.</summary>
    RelayFull,

    /// <summary>More waited because of <c>message_rate</c> than <c>message_hwm</c> allows (PUB-32).</summary>
    RateHwm,
}
