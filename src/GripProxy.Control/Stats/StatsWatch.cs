using GripProxy.Control.Events;

namespace GripProxy.Control.Stats;

/// <summary>One client that reads stats as events (CTL-12). Thread-safe; owned by its event stream.</summary>
internal sealed class StatsWatch : IStatsSink, IDisposable
{
    private readonly StatsFeed _feed;
    private readonly IReadOnlySet<StatsKind> _kinds;
    private readonly EventReader _reader;

    /// <summary>Reads from now on, until disposed.</summary>
    public StatsWatch(StatsFeed feed, IReadOnlySet<StatsKind> kinds, EventReader reader)
    {
        _feed = feed;
        _kinds = kinds;
        _reader = reader;
        feed.Add(this);
    }

    /// <inheritdoc/>
    public bool Wants(StatsKind kind) => _kinds.Contains(kind);

    /// <inheritdoc/>
    public void Send(StatsMessage message) => _reader.Send(message.Kind.Word(), message.Json.Span);

    /// <inheritdoc/>
    public void Dispose() => _feed.Remove(this);
}
