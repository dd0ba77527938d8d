namespace GripProxy.Channels.Tracing;

/// <summary>Hears of the steps of items while they happen (CTL-10).</summary>
public interface ITraceListener
{
    /// <summary>True if the items of a channel interest it. Called once per item.</summary>
    bool Wants(string channel);

    /// <summary>A step happened. Called under locks of the hot path: it only enqueues, never waits, never throws.</summary>
    void Heard(string channel, string? id, TraceStep traced);
}
