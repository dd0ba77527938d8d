namespace GripProxy.Channels.Delivery;

/// <summary>What happens when a connection's queue is full (own-config.md, Overflow).</summary>
public enum OverflowPolicy
{
    /// <summary>The connection ends in a way that its client notices.</summary>
    Close,

    /// <summary>The oldest waiting items make room.</summary>
    DropOldest,

    /// <summary>The new item is dropped.</summary>
    DropNewest,
}
