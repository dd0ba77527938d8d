namespace GripProxy.Functional.Tests.Cluster;

/// <summary>How a client of the chaos test stays whole.</summary>
public enum ChaosKind
{
    /// <summary>Long-poll with prev-id.</summary>
    Poll,

    /// <summary>Stream with prev-id and next link.</summary>
    Link,

    /// <summary>Server-sent events with positions.</summary>
    Position,
}
