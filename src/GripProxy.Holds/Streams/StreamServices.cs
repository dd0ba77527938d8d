using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;
using GripProxy.Holds.Links;

namespace GripProxy.Holds.Streams;

/// <summary>What all streams share. Immutable.</summary>
/// <param name="Join">Joins them to their channels.</param>
/// <param name="Follower">Asks their next links.</param>
/// <param name="Wheel">Their clock.</param>
/// <param name="IdleTimeout">How long one without keep-alives may be silent (HTTP-22); zero: for ever.</param>
/// <param name="Random">Spreads keep-alives. Thread-safe.</param>
/// <param name="Ended">Takes one out of the books; the reason is null where a fault has ended it.</param>
internal sealed record StreamServices(
    JoinSequence Join, LinkFollower Follower, TimerWheel Wheel, TimeSpan IdleTimeout, Random Random, Action<StreamHold, CloseReason?> Ended);
