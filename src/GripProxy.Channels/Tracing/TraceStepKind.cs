namespace GripProxy.Channels.Tracing;

/// <summary>A kind of step on the way of an item (CTL-09).</summary>
public enum TraceStepKind
{
    /// <summary>It came in through a door.</summary>
    Received,

    /// <summary>Its id was published before; nothing follows (PUB-30).</summary>
    Duplicate,

    /// <summary>It waits for its predecessor (PUB-31).</summary>
    Waiting,

    /// <summary>It waits no longer.</summary>
    Released,

    /// <summary>It stands in the log of its channel (LOG-01).</summary>
    Appended,

    /// <summary>It was handed to the backplane, for other nodes (LOG-11).</summary>
    Relayed,

    /// <summary>It goes to the subscriptions of its channel.</summary>
    Matched,

    /// <summary>A filter kept it from a connection (FLT-01).</summary>
    Filtered,

    /// <summary>It says nothing to a connection of this kind (PUB-15).</summary>
    NoFormat,

    /// <summary>It stands in the queue of a connection.</summary>
    Queued,

    /// <summary>It was lost to a connection; or to all, because no place to wait was left (PUB-31).</summary>
    Dropped,

    /// <summary>It was handed to the network for a connection.</summary>
    Written,

    /// <summary>Steps of further connections are only counted.</summary>
    More,
}
