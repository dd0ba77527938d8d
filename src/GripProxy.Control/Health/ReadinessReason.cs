namespace GripProxy.Control.Health;

/// <summary>Why <c>/readyz</c> says no (CTL-02). The words there are these names in lower case.</summary>
public enum ReadinessReason
{
    /// <summary>Not all listeners are up yet.</summary>
    Starting,

    /// <summary>The proxy is going down.</summary>
    Draining,

    /// <summary>Redis cannot be reached: what is published reaches the clients of this node only, for the time being.</summary>
    Backplane,
}
