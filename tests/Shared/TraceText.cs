using System.Globalization;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Tracing;

namespace GripProxy.Testing;

/// <summary>Steps as one line each, without their times.</summary>
internal static class TraceText
{
    public static IEnumerable<string> Of(IEnumerable<TraceStep> steps) => steps.Select(Of);

    public static string Of(TraceStep step) => string.Join(
        ' ', new[] { step.Kind.Word(), step.Connection, step.Word, step.Number == 0 ? null : step.Number.ToString(CultureInfo.InvariantCulture) }.OfType<string>());
}
