namespace GripProxy.Channels.Outcomes;

/// <summary>What became of one published item as a whole (CTL-07).</summary>
public enum PublishOutcome
{
    /// <summary>It went to all connections of its channel, be it none.</summary>
    Delivered,

    /// <summary>Its id was published before (PUB-30).</summary>
    Duplicate,

    /// <summary>It waits for the item that its prev-id names (PUB-31).</summary>
    Waiting,

    /// <summary>It was dropped instead of waiting: another item waits for the same prev-id (PUB-31).</summary>
    PlaceTaken,

    /// <summary>It was dropped instead of waiting: too many items of the channel wait (PUB-31).</summary>
    TooManyWait,
}
