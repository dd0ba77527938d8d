namespace GripProxy.Channels.Subscriptions;

/// <summary>Outcome of a join. Immutable.</summary>
/// <param name="Subscription">The reserved place: items are offered from now on.</param>
/// <param name="IsBehind">True if the channel remembers another last id than the one the joiner has seen (HTTP-35).</param>
public readonly record struct JoinResult(Subscription Subscription, bool IsBehind);
