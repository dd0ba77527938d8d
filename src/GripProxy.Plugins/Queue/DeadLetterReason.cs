namespace GripProxy.Plugins.Queue;

/// <summary>Why an event is not tried any more (plugins.md §8.3). Immutable.</summary>
/// <param name="Stage">Where it failed: <c>chain</c>.</param>
/// <param name="Install">Number of the install it failed in.</param>
/// <param name="Error">What went wrong, in words.</param>
internal sealed record DeadLetterReason(string Stage, int Install, string Error);
