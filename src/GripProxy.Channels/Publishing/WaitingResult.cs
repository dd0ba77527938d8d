namespace GripProxy.Channels.Publishing;

/// <summary>What <see cref="WaitingItems"/> say to one more item (PUB-31).</summary>
internal enum WaitingResult
{
    /// <summary>It waits for its predecessor.</summary>
    Waits,

    /// <summary>It is dropped: another item waits for the same predecessor.</summary>
    PlaceIsTaken,

    /// <summary>It is dropped: <see cref="WaitingItems.Max"/> items wait.</summary>
    TooMany,
}
