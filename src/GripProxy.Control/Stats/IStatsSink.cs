namespace GripProxy.Control.Stats;

/// <summary>Where stats messages go. Thread-safe.</summary>
internal interface IStatsSink
{
    /// <summary>True if somebody there wants messages of a kind now. Asked before a message is made; costs next to nothing.</summary>
    bool Wants(StatsKind kind);

    /// <summary>Takes a message, of any kind. Called under locks of the hot path: it only enqueues, never waits, never throws.</summary>
    void Send(StatsMessage message);
}
