namespace GripProxy.Channels.Traffic;

/// <summary>
/// Hears of the connections of clients (STA-05), of each in the order in which it happens. Called under locks of the hot path: it only enqueues,
/// never waits, never throws.
/// </summary>
public interface IConnectionListener
{
    /// <summary>True if somebody wants to hear of connections now.</summary>
    bool IsListening { get; }

    /// <summary>The connection is there: it is new, or has become a hold, or its turn has come to be named again.</summary>
    void Seen(LiveConnection connection);

    /// <summary>The connection is over. It may be one that was never seen.</summary>
    void Gone(LiveConnection connection);
}
