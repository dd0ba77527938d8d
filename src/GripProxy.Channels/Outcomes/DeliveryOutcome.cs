namespace GripProxy.Channels.Outcomes;

/// <summary>What became of one item at one connection.</summary>
public enum DeliveryOutcome
{
    /// <summary>It stands in the connection's queue (which is not yet: the client has it).</summary>
    Queued,

    /// <summary>The item says nothing to this kind of hold (PUB-15).</summary>
    NoFormat,

    /// <summary>A filter of the subscription dropped it (FLT-01).</summary>
    Filtered,

    /// <summary>It was dropped because it is made for other content filters than the subscription has (FLT-05).</summary>
    ContentFilters,

    /// <summary>It was dropped because the queue is full.</summary>
    QueueFull,

    /// <summary>It was dropped because too much waits already for the hold to join or to hear from its origin.</summary>
    NotJoined,

    /// <summary>It was dropped because the connection is about to end.</summary>
    ConnectionClosed,
}
