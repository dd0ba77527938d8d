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

    /// <summary>The loads of a step: <c>3x</c>, or one for each scenario.</summary>
    public static string LoadOf(JsonObject step) => string.Join(", ", Objects(step["scenarios"]).Select(static one => one["load"]?.ToString()).Distinct());

    /// <summary>True if a condition of a step held.</summary>
    public static bool Held(JsonObject condition) => condition["held"]?.GetValue<bool>() == true;

    /// <summary>A condition by name; with its scenario where there are several.</summary>
    public static string Name(JsonObject report, JsonObject condition) =>
        condition["scenario"]?.ToString() is { Length: > 0 } about && Steps(report).Any(static step => Objects(step["scenarios"]).Skip(1).Any()) ? $"{about}: {condition["name"]}" : $"{condition["name"]}";

    /// <summary>What broke first, at which load, when, and by how much; empty if nothing did.</summary>
    public static string FirstFailure(JsonObject report)
    {
        foreach (var step in Steps(report))
        {
            var failed = Objects(step["conditions"]).Where(static one => !Held(one)).OrderBy(static one => double.IsFinite(Number(one["violated_at_s"])) ? Number(one["violated_at_s"]) : double.MaxValue).ToList();
            if (failed.Count == 0)
                continue;
            var when = double.IsFinite(Number(failed[0]["violated_at_s"])) ? $" after {Number(failed[0]["violated_at_s"]):0} s" : "";
            var also = failed.Count > 1 ? $" Then failed: {string.Join(", ", failed.Skip(1).Select(one => Name(report, one)))}." : "";
            return $"What broke first, at {LoadOf(step)}{when}: '{Name(report, failed[0])}', {Broken(failed[0])} where {failed[0]["condition"]} was asked for.{also}";
        }

        return "";
    }

    /// <summary>The value at which a condition failed.</summary>
    public static string Broken(JsonObject condition) => double.IsFinite(Number(condition["violated_by"])) ? Shown(condition["violated_by"]) : "not measured";

    /// <summary>What the highest load that passed looked like, a sentence for each scenario.</summary>
    public static IEnumerable<string> AtBest(JsonObject report) =>
        Steps(report).Where(step => Number(step["step"]).Equals(Number(report["highest_passed"]?["step"]))).SelectMany(static step => Objects(step["scenarios"])).Select(static one =>
            $"At {one["load"]} of {one["name"]}: {Shown(one["reached_rate"])} a second, {Shown(one["accepted"])} of {Shown(one["scheduled"])} accepted, p99 {Shown(one["ingest_ms"]?["p99"])} ms until the answer and {Shown(one["publish_ms"]?["p99"])} ms until a client had it, {Shown(one["missing"])} missing.");

    /// <summary>Why a question has its answer.</summary>
    public static string Reason(JsonObject report, JsonObject question)
    {
        var names = (question["conditions"] as JsonArray ?? []).Select(static name => name?.ToString()).ToList();
        if (names.Count == 0)
            return "no condition answers it";
        var failed = Steps(report).SelectMany(step => Objects(step["conditions"]).Where(one => !Held(one) && names.Contains(one["name"]?.ToString())).Select(one => $"{Name(report, one)} at {LoadOf(step)}")).ToList();
        return question["answer"]?.ToString() switch
        {
            "fail" => $"failed: {string.Join(", ", failed)}",
            "pass" when double.IsFinite(Number(question["at"])) => $"held up to {Shown(question["at"])}x: {string.Join(", ", names)}",
            "pass" => $"held at all steps: {string.Join(", ", names)}",
            "not reached" => $"no step of {Shown(question["at"])}x was carried out; the highest load that passed is {report["highest_passed"]?["load"]?.ToString() ?? "none"}",
            _ => report["outcome"]?.ToString() == "invalid" ? "the generator was too slow in some step" : "not all steps were carried out",
        };
    }

    /// <summary>The outcome, and what broke first.</summary>
    public static string Verdict(JsonObject report)
    {
        var best = report["highest_passed"]?["load"]?.ToString();
        var passed = best is null ? "No step passed." : $"The highest load that passed is {best}.";
        return report["outcome"]?.ToString() switch
        {
            "held" => $"All conditions held at all steps. {passed}",
            "violated" => $"Conditions did not hold. {passed} {FirstFailure(report)}",
            "invalid" => $"The generator was too slow in some step: those steps say nothing about the target. {passed}",
            "running" => $"It is still running. {passed}",
            "failed" => $"It could not be carried out: {report["end_reason"]}",
            _ => $"It was ended before its end: {report["end_reason"]}. {passed}",
        };
    }
}
