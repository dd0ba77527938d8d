using System.Runtime.InteropServices;

namespace GripProxy.Channels.Tracing;

/// <summary>One step on the way of an item (CTL-09). Never holds content. Immutable.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What happened.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TraceStep(DateTimeOffset At, TraceStepKind Kind)
{
    /// <summary>Id of the connection it happened at, or null: it concerns the item as a whole.</summary>
    public string? Connection { get; init; }

    /// <summary>
    /// Received: the door. Waiting: the id waited for. Released: <c>chained</c> or <c>expired</c>. Filtered: the filter. Dropped: the reason.
    /// </summary>
    public string? Word { get; init; }

    /// <summary>Received: bytes of content. Matched and more: how many. Released: seconds since it waited. Written: seconds since it was received.</summary>
    public double Number { get; init; }
}
