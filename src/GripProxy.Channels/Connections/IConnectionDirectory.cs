namespace GripProxy.Channels.Connections;

/// <summary>The held connections by id, for publishers and operators who ask about one (PUB-42, PUB-43, CTL-05). Thread-safe.</summary>
public interface IConnectionDirectory
{
    /// <summary>True if a connection of this id is held.</summary>
    bool IsAlive(string id);

    /// <summary>
    /// Makes a WebSocket ask its origin at once (WOH-15), which only matters where that goes over HTTP. False: there is no WebSocket of this id.
    /// </summary>
    bool Refresh(string id);

    /// <summary>The held connection of this id, or null.</summary>
    IHeldConnection? Find(string id);

    /// <summary>How many connections are held.</summary>
    int Count { get; }

    /// <summary>All held connections, in no order; some may come or go meanwhile.</summary>
    IEnumerable<IHeldConnection> All { get; }
}
