namespace GripProxy.Plugins.Egress;

/// <summary>A request to the outside that has no answer. Immutable.</summary>
/// <param name="Problem">Why.</param>
/// <param name="Code">The same as Node's programs know it, as <c>ECONNREFUSED</c>.</param>
/// <param name="Message">In words; it tells no address that a name led to.</param>
internal sealed record EgressFailure(EgressProblem Problem, string Code, string Message);
