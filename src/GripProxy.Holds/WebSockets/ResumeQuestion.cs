using GripProxy.Channels.Outcomes;

namespace GripProxy.Holds.WebSockets;

/// <summary>A question to the origin that is due: what did the client miss on a channel? Immutable.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="LastId">The last id that the client has, or null: not known.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsDoubt">True: nothing is known to be missing, so an origin that cannot be asked is no reason to end.</param>
internal readonly record struct ResumeQuestion(TrackedChannel Channel, string? LastId, ResumeOutcome Reason, bool IsDoubt);
