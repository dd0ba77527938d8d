namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>What became of a part that a client sent.</summary>
internal enum AddResult
{
    /// <summary>It waits for the next request, or is not wanted any more.</summary>
    Added,

    /// <summary>There is no room before the origin accepted some of what waits (WOH-05).</summary>
    Full,

    /// <summary>Its message is longer than a request may be.</summary>
    TooLong,
}
