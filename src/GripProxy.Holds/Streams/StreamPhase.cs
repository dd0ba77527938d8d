namespace GripProxy.Holds.Streams;

/// <summary>Where a stream hold stands. Items are written while it is <see cref="Held"/>, and kept back otherwise.</summary>
internal enum StreamPhase
{
    /// <summary>Its channels are reserved, the body before the items is not written yet.</summary>
    Joining,

    /// <summary>Items pass.</summary>
    Held,

    /// <summary>The next link is being asked.</summary>
    Fetching,

    /// <summary>Nothing passes any more.</summary>
    Ending,
}
