namespace GripProxy.Channels.Pacing;

/// <summary>What a <see cref="DeliveryPacer"/> says to a delivery.</summary>
internal enum PaceDecision
{
    /// <summary>The rate allows it now: the caller offers it.</summary>
    Now,

    /// <summary>It waits; the pacer offers it when its turn comes.</summary>
    Later,

    /// <summary>Too much waits for the route: it is lost.</summary>
    Drop,
}
