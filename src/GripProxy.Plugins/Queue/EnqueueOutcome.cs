namespace GripProxy.Plugins.Queue;

/// <summary>What became of events that came in.</summary>
internal enum EnqueueOutcome
{
    /// <summary>They are stored and survive a crash.</summary>
    Stored,

    /// <summary>The tenant has as many waiting as it may, or all tenants together as many bytes.</summary>
    QueueFull,

    /// <summary>The disk is full.</summary>
    DiskFull,

    /// <summary>The store cannot be written.</summary>
    Unavailable,
}
