namespace GripProxy.Plugins.Pipeline;

/// <summary>What became of an event, for a sender who waits for it (plugins-http.md §3.2).</summary>
internal enum EventEnd
{
    /// <summary>It has not come to its end yet.</summary>
    Pending,

    /// <summary>It left the chain and went to the channels of its routes.</summary>
    Published,

    /// <summary>A plugin dropped it.</summary>
    Dropped,

    /// <summary>It is a dead letter.</summary>
    Failed,
}
