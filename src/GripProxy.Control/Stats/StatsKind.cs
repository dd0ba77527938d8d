namespace GripProxy.Control.Stats;

/// <summary>A kind of stats message (STA-02).</summary>
internal enum StatsKind
{
    /// <summary>Signs of life of a route (STA-03).</summary>
    Activity,

    /// <summary>An item went to connections (STA-04).</summary>
    Message,

    /// <summary>A connection is there, or gone (STA-05).</summary>
    Conn,

    /// <summary>A channel is subscribed to, or no longer (STA-06).</summary>
    Sub,

    /// <summary>Requests since the last time (STA-07).</summary>
    Counts,

    /// <summary>What passed on a route (STA-08).</summary>
    Report,
}
