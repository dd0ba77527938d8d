using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Capture;

/// <summary>What captured events need, the same for all tenants. Immutable.</summary>
internal sealed record CaptureParts
{
    /// <summary>Limits.</summary>
    public required CaptureOptions Options { get; init; }

    /// <summary>Bytes of the largest event.</summary>
    public required int MaxEvent { get; init; }

    /// <summary>Where events wait.</summary>
    public required IEventQueue Queue { get; init; }

    /// <summary>Told of the tenant whose events were stored.</summary>
    public required Action<Tenant> Stored { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
