namespace GripProxy.Forwarding.HandOver;

/// <summary>A parked request that comes back into HTTP. Immutable.</summary>
public abstract class RequestReplay
{
    /// <summary>The request's head: the HTTP machinery reads it before what the client sends next.</summary>
    public abstract ReadOnlyMemory<byte> Head { get; }

    /// <summary>The connection has ended before the request came back: it is over.</summary>
    public abstract void Abandon();
}
