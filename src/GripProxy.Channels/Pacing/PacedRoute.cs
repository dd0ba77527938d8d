namespace GripProxy.Channels.Pacing;

/// <summary>What waits for the connections of one route id, or of all routes without one. Lives while something waits. Guarded by the pacer's lock.</summary>
internal sealed class PacedRoute(DeliveryPacer pacer, string id)
{
    public DeliveryPacer Pacer { get; } = pacer;

    /// <summary>The explicit route id; empty for all others.</summary>
    public string Id { get; } = id;

    public Queue<PacedDelivery> Waiting { get; } = [];

    /// <summary>Weight of what waits for connections that are still there.</summary>
    public long Weight { get; set; }
}
