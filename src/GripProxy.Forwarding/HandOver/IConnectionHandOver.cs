namespace GripProxy.Forwarding.HandOver;

/// <summary>
/// The feature of a connection whose held requests need no HTTP machinery: a request that is to be held is parked beside it, and the machinery
/// serves others (design: a held connection should cost little more than its socket). Owned by the machinery; asked by its one request at a time.
/// </summary>
public interface IConnectionHandOver
{
    /// <summary>True if no further request is taken on the connection, because the server is to be stopped: an answer says so.</summary>
    bool IsEnding { get; }

    /// <summary>What the request goes on with that this machinery was started for, or null: it is a new request. Gone once taken.</summary>
    RequestReplay? TakeReplay();

    /// <summary>
    /// Takes the connection for a held request. From here on whatever the HTTP machinery writes goes nowhere, and it reads nothing more of this connection;
    /// the request's handler returns at once and touches its context no more. What was written before stays in the output, unflushed or not.
    /// </summary>
    void Take(IParkedRequest parked);
}
