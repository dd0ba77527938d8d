namespace GripProxy.Control.Stats;

/// <summary>Hands stats messages to all who want them. Thread-safe.</summary>
internal sealed class StatsFeed
{
    private readonly Lock _gate = new();
    private volatile IStatsSink[] _sinks = [];

    /// <summary>True if somebody wants messages of a kind now; otherwise there is no need to make them.</summary>
    public bool IsHeard(StatsKind kind)
    {
        foreach (var sink in _sinks)
        {
            if (sink.Wants(kind))
                return true;
        }

        return false;
    }

    /// <summary>Hands on a message.</summary>
    public void Send(StatsMessage message)
    {
        foreach (var sink in _sinks)
        {
            if (sink.Wants(message.Kind))
                sink.Send(message);
        }
    }

    /// <summary>Messages go there from now on.</summary>
    public void Add(IStatsSink sink)
    {
        lock (_gate)
            _sinks = [.. _sinks, sink];
    }

    /// <summary>Messages go there no longer.</summary>
    public void Remove(IStatsSink sink)
    {
        lock (_gate)
            _sinks = Array.FindAll(_sinks, other => other != sink);
    }
}
