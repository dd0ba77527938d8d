namespace GripProxy.Channels.Outcomes;

/// <summary>The four things that can become of an item at a connection; together they are all that matched (CTL-07).</summary>
public enum DeliveryKind
{
    /// <summary>It stands in the connection's queue.</summary>
    Queued,

    /// <summary>The item says nothing to this kind of hold (PUB-15).</summary>
    NoFormat,

    /// <summary>A filter of the subscription dropped it (FLT-01).</summary>
    Filtered,

    /// <summary>It is lost; there is a <see cref="DropReason"/>.</summary>
    Dropped,
}
