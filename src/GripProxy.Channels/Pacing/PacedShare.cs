namespace GripProxy.Channels.Pacing;

/// <summary>
/// One subscription's part in what waits, made when it first has to wait. A weight of 0 while entries are left means that it has left its channel:
/// they count nothing and are skipped. Guarded by the pacer's lock.
/// </summary>
internal sealed class PacedShare
{
    /// <summary>Where its deliveries wait, or waited last.</summary>
    public required PacedRoute Route { get; set; }

    public long Weight { get; set; }

    /// <summary>The subscription leaves. Takes the pacer's lock; under the shard lock, so nothing is added any more.</summary>
    public void Leave() => Route.Pacer.Forget(this);
}
