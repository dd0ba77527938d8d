using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Reports;

/// <summary>Takes values out of a report in JSON, as texts for people. Stateless.</summary>
internal static class ReportReader
{
    /// <summary>Its steps.</summary>
    public static IEnumerable<JsonObject> Steps(JsonObject report) => Objects(report["steps"]);

    /// <summary>The objects of a list.</summary>
    public static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>A number, or not a number.</summary>
    public static double Number(JsonNode? node) => node?.GetValueKind() == System.Text.Json.JsonValueKind.Number ? double.Parse(node.ToJsonString()) : double.NaN;

    /// <summary>A number as people read it; a dash in place of what is none.</summary>
    public static string Shown(JsonNode? node) => Shown(Number(node));

    /// <summary>The same of a number.</summary>
    public static string Shown(double number) => number switch
    {
        double.NaN => "–",
        >= 100 or <= -100 => number.ToString("#,0").Replace(',', ' '),
        _ => number.ToString("0.##"),
    };

    /// <summary>The errors of a step: <c>429: 40, 503: 2</c>, or a dash.</summary>
    public static string Errors(JsonNode? errors) =>
        errors is JsonObject { Count: > 0 } some ? string.Join(", ", some.Select(static error => $"{error.Key}: {Shown(error.Value)}")) : "–";

    /// <summary>One sentence about all.</summary>
    public static string Verdict(JsonObject report)
    {
        var best = report["highest_passed"]?["load"]?.ToString();
        var passed = best is null ? "No step passed." : $"The highest load that passed is {best}.";
        return report["outcome"]?.ToString() switch
        {
            "held" => $"All conditions held at all steps. {passed}",
            "violated" => $"Conditions did not hold. {passed}",
            "invalid" => $"The generator was too slow in some step: those steps say nothing about the target. {passed}",
            "running" => $"It is still running. {passed}",
            "failed" => $"It could not be carried out: {report["end_reason"]}",
            _ => $"It was ended before its end: {report["end_reason"]}. {passed}",
        };
    }
}
