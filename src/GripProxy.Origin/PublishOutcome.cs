namespace GripProxy.Origin;

/// <summary>What became of a publish at one GRIP proxy.</summary>
public enum PublishOutcome
{
    /// <summary>The proxy accepted the items for delivery (PUB-05), however many clients are held.</summary>
    Accepted,

    /// <summary>The proxy answered with an error: bad items, or a credential it does not accept (CTL-01).</summary>
    Refused,

    /// <summary>No connection, or it broke before the answer. The items may have been accepted.</summary>
    Unreachable,

    /// <summary>No answer in time. The items may have been accepted.</summary>
    TimedOut,
}
