namespace GripProxy.Holds;

/// <summary>The last id that a hold has seen on a channel, told to the origin when it is asked again (HTTP-34). Immutable.</summary>
/// <param name="Channel">Channel name as the origin knows it, without prefix, Unicode.</param>
/// <param name="LastId">The id.</param>
public readonly record struct GripLast(string Channel, string LastId);
