namespace GripProxy.Redis.Client;

/// <summary>What is wrong with a Redis, as far as an operator has to know.</summary>
internal enum RedisFault
{
    /// <summary>Nobody answers at its address.</summary>
    Unreachable,

    /// <summary>It did not answer in time.</summary>
    Slow,

    /// <summary>It wants a password or user, or other ones.</summary>
    Refused,

    /// <summary>Its version lacks what we need.</summary>
    TooOld,

    /// <summary>It is a replica, or no master is known.</summary>
    ReadOnly,

    /// <summary>It has no memory left and takes nothing.</summary>
    OutOfMemory,

    /// <summary>There is something else under our keys.</summary>
    ForeignData,

    /// <summary>Another version of this program has laid out its data there.</summary>
    OtherLayout,

    /// <summary>It is starting, or its cluster is not whole.</summary>
    NotReady,

    /// <summary>Something else.</summary>
    Other,
}
