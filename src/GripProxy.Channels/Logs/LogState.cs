using GripProxy.Protocol;

namespace GripProxy.Channels.Logs;

/// <summary>Where the log of a channel stands, as of one moment (CTL-03). Immutable.</summary>
/// <param name="Newest">Position of the newest item; offset 0: there was none yet.</param>
/// <param name="Oldest">Offset of the oldest item that is kept; one more than the newest if none is.</param>
/// <param name="NewestId">Id of the newest item, kept or not; null: it has none, or there was none.</param>
/// <param name="Items">How many are kept.</param>
/// <param name="Bytes">Bytes of their content.</param>
public sealed record LogState(Position Newest, long Oldest, string? NewestId, long Items, long Bytes);
