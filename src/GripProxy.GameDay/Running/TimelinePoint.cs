namespace GripProxy.GameDay.Running;

/// <summary>A second of a scenario, for charts. Immutable.</summary>
/// <param name="Second">Seconds since the beginning.</param>
/// <param name="Step">The step, from 1.</param>
/// <param name="Sent">Events that were due.</param>
/// <param name="Accepted">Of these, those that the target took in time.</param>
/// <param name="Received">Items that clients received.</param>
/// <param name="IngestP99">Milliseconds from sending to answer; not a number if there was none.</param>
/// <param name="PublishP99">Milliseconds from sending to receipt; not a number if there was none.</param>
internal sealed record TimelinePoint(int Second, int Step, long Sent, long Accepted, long Received, double IngestP99, double PublishP99);
