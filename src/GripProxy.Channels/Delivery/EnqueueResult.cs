namespace GripProxy.Channels.Delivery;

/// <summary>Answer of an <see cref="OutboundQueue"/> to one more piece.</summary>
public enum EnqueueResult
{
    /// <summary>It waits; a writer is at work already.</summary>
    Waiting,

    /// <summary>It waits, and the caller has to see that a writer runs.</summary>
    StartWriter,

    /// <summary>It was dropped: the queue is full.</summary>
    Dropped,

    /// <summary>The queue is full and the connection has to end.</summary>
    Overflow,
}
