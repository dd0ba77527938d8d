using System.Runtime.InteropServices;
using GripProxy.Protocol.Filters;

namespace GripProxy.Channels.Outcomes;

/// <summary>What became of one item at one connection (CTL-07). Immutable.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DeliveryOutcome
{
    private DeliveryOutcome(DeliveryKind kind, FilterKind? filter = null, DropReason? drop = null)
    {
        Kind = kind;
        Filter = filter;
        Drop = drop;
    }

    /// <summary>It stands in the connection's queue (which is not yet: the client has it).</summary>
    public static DeliveryOutcome Queued => new(DeliveryKind.Queued);

    /// <summary>The item says nothing to this kind of hold (PUB-15).</summary>
    public static DeliveryOutcome NoFormat => new(DeliveryKind.NoFormat);

    /// <summary>Which of the four it is.</summary>
    public DeliveryKind Kind { get; }

    /// <summary>The filter that dropped it, for <see cref="DeliveryKind.Filtered"/> only.</summary>
    public FilterKind? Filter { get; }

    /// <summary>Why it was lost, for <see cref="DeliveryKind.Dropped"/> only.</summary>
    public DropReason? Drop { get; }

    /// <summary>A filter of the subscription dropped it (FLT-01).</summary>
    public static DeliveryOutcome FilteredBy(FilterKind filter) => new(DeliveryKind.Filtered, filter: filter);

    /// <summary>It is lost to the connection.</summary>
    public static DeliveryOutcome Dropped(DropReason reason) => new(DeliveryKind.Dropped, drop: reason);
}
