using System.Net;

namespace GripProxy.Channels.Connections;

/// <summary>One held connection as operators see it (CTL-04, CTL-05). What changes is as of the moment it is read. Thread-safe.</summary>
public interface IHeldConnection
{
    /// <summary>Its id, unique in this process.</summary>
    string Id { get; }

    /// <summary>How the client is connected.</summary>
    HeldTransport Transport { get; }

    /// <summary>Explicit id of the route that its request took, or null.</summary>
    string? Route { get; }

    /// <summary>Address of the TCP peer, or null: unknown, as for a local socket.</summary>
    IPAddress? Peer { get; }

    /// <summary>Full names of its channels.</summary>
    IReadOnlyList<string> ChannelNames { get; }

    /// <summary>What its origin told about it.</summary>
    IReadOnlyDictionary<string, string> Meta { get; }

    /// <summary>How long it has been held.</summary>
    TimeSpan Age { get; }

    /// <summary>Bytes of items that wait for it.</summary>
    long QueuedBytes { get; }

    /// <summary>Items that came into its queue. A filter that takes time may have kept some of them from it later.</summary>
    long Delivered { get; }

    /// <summary>Items that were lost to it.</summary>
    long Dropped { get; }

    /// <summary>
    /// Ends it in an orderly way, by an operator: a stream ends cleanly after what waits for it, a response hold gets the answer of its timeout, a
    /// WebSocket is closed with <paramref name="code"/> and <paramref name="reason"/>. Does not wait for that.
    /// </summary>
    void Close(int code, string reason);

    /// <summary>Makes it ask its origin at once (WOH-15). False: it is no WebSocket, or its origin is not asked over HTTP; nothing was done.</summary>
    bool Refresh();
}
