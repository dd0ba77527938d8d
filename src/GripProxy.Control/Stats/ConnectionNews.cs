using GripProxy.Channels.Traffic;

namespace GripProxy.Control.Stats;

/// <summary>Makes the messages about connections (STA-05). Thread-safe; has no state.</summary>
internal sealed class ConnectionNews(StatsFeed feed, StatsMessages messages, StatsOptions options) : IConnectionListener
{
    /// <inheritdoc/>
    public bool IsListening => options.SendsConnections && feed.IsHeard(StatsKind.Conn);

    /// <inheritdoc/>
    public void Seen(LiveConnection connection) => feed.Send(messages.Connected(connection));

    /// <inheritdoc/>
    public void Gone(LiveConnection connection) => feed.Send(messages.Disconnected(connection));
}
