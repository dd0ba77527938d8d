namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>One request to an origin. Immutable.</summary>
/// <param name="Events">Its body.</param>
/// <param name="ReplayedBytes">Bytes of content at the start of the body that were offered before (WOH-08).</param>
/// <param name="Missed">What the client missed, or null (LOG-08).</param>
internal readonly record struct OriginCall(ReadOnlyMemory<byte> Events, int ReplayedBytes = 0, IReadOnlyList<MissedItems>? Missed = null);
