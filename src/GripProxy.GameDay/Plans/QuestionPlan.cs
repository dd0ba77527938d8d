using System.Globalization;
using System.Text.RegularExpressions;

namespace GripProxy.GameDay.Plans;

/// <summary>A question, and the conditions that answer it; with none it stays open. Immutable.</summary>
/// <param name="Text">The question.</param>
/// <param name="Conditions">Names of conditions.</param>
internal sealed partial record QuestionPlan(string Text, IReadOnlyList<string> Conditions)
{
    /// <summary>The multiple that it asks about, or null: all steps. A text that says one, as <c>Can ingestion run at 8x?</c>, asks about that.</summary>
    public double? At { get; init; } = Multiple().Match(Text) is { Success: true } match ? double.Parse(match.Groups["times"].ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"(?<![\w.,])(?<times>\d{1,6}(\.\d{1,3})?) ?x\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Multiple();
}
