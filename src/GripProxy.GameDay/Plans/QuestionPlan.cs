namespace GripProxy.GameDay.Plans;

/// <summary>A question, and the conditions that answer it; with none it stays open. Immutable.</summary>
/// <param name="Text">The question.</param>
/// <param name="Conditions">Names of conditions.</param>
internal sealed record QuestionPlan(string Text, IReadOnlyList<string> Conditions);
