namespace GripProxy.Plugins.Egress;

/// <summary>An answer from the outside or why there is none; one of the two. Immutable.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Failure">The failure.</param>
internal readonly record struct EgressResult(EgressAnswer? Answer, EgressFailure? Failure)
{
    /// <summary>There is an answer.</summary>
    public static EgressResult Of(EgressAnswer answer) => new(answer, null);

    /// <summary>There is none.</summary>
    public static EgressResult Failed(EgressProblem problem, string code, string message) => new(null, new EgressFailure(problem, code, message));
}
