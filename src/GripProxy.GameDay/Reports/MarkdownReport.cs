using System.Text;
using System.Text.Json.Nodes;
using static GripProxy.GameDay.Reports.ReportReader;

namespace GripProxy.GameDay.Reports;

/// <summary>A report as text. Stateless.</summary>
internal static class MarkdownReport
{
    private const string Bars = " ▁▂▃▄▅▆▇█";
    private const int ChartWidth = 72;

    /// <summary>Writes it.</summary>
    public static string Write(JsonObject report)
    {
        var text = new StringBuilder();
        text.Append($"# Game day: {report["name"]}\n\n{report["started"]}, {Shown(report["duration_s"])} s. **{Verdict(report)}**\n");
        Questions(text, report);
        AddSteps(text, report);
        AddConditions(text, report);
        Charts(text, report);
        Lines(text, "What was irregular", report["irregularities"]);
        Lines(text, "What happened", report["notes"]);
        text.Append($"\nGenerator {report["versions"]?["generator"]}, target {Or(report["versions"]?["target"])}; {report["machine"]?["processors"]} processors, {report["machine"]?["memory_mb"]} MiB, {report["machine"]?["system"]}.\n");
        return text.ToString();
    }

    private static string Or(JsonNode? node) => node?.ToString() is { Length: > 0 } text ? text : "of unknown version";

    private static void Questions(StringBuilder text, JsonObject report)
    {
        if (report["questions"] is not JsonArray { Count: > 0 })
            return;
        text.Append("\n## Questions\n\n");
        foreach (var one in Objects(report["questions"]))
            text.Append($"* {one["question"]} **{one["answer"]}** ({Reason(report, one)})\n");
    }

    private static void AddSteps(StringBuilder text, JsonObject report)
    {
        if (!Steps(report).Any())
        {
            text.Append("\nNo step was carried out.\n");
            return;
        }

        text.Append("\n## Steps\n\n| step | load | asked/s | reached/s | sent | accepted | errors | answer p50, p99 ms | receipt p50, p99 ms | missing | twice | order | queue, most | |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var step in Steps(report))
        {
            foreach (var one in Objects(step["scenarios"]))
            {
                text.Append($"| {step["step"]} | {one["name"]} {one["load"]} | {Shown(one["rate"])} | {Shown(one["reached_rate"])} | {Shown(one["scheduled"])} | {Shown(one["accepted"])} ");
                text.Append($"| {Errors(one["errors"])} | {Shown(one["ingest_ms"]?["p50"])}, {Shown(one["ingest_ms"]?["p99"])} | {Shown(one["publish_ms"]?["p50"])}, {Shown(one["publish_ms"]?["p99"])} ");
                text.Append($"| {Shown(one["missing"])} | {Shown(one["duplicates"])} | {Shown(one["out_of_order"])} | {Shown(one["gauges"]?["queue.events"]?["highest"])} ");
                text.Append($"| {(step["invalid"]?.GetValue<bool>() == true ? "invalid" : step["held"]?.GetValue<bool>() == true ? "held" : "**failed**")} |\n");
            }
        }
    }

    private static void AddConditions(StringBuilder text, JsonObject report)
    {
        var steps = Steps(report).ToList();
        var names = steps.SelectMany(static step => Objects(step["conditions"])).Select(Title).Distinct().ToList();
        if (names.Count == 0)
            return;
        text.Append($"\n## Conditions\n\n| condition | {string.Join(" | ", steps.Select(static step => step["step"]))} |\n| --- |{string.Concat(steps.Select(static _ => " --- |"))}\n");
        foreach (var name in names)
        {
            var cells = steps.Select(step => Objects(step["conditions"]).FirstOrDefault(one => Title(one) == name)).Select(static one =>
                one is null ? "–" : one["held"]?.GetValue<bool>() == true ? Shown(one["value"]) : $"**{Shown(one["violated_by"])}** at {Shown(one["violated_at_s"])} s");
            text.Append($"| {name} | {string.Join(" | ", cells)} |\n");
        }
    }

    private static string Title(JsonObject condition) => $"{(condition["scenario"]?.ToString() is { Length: > 0 } about ? about + ": " : "")}{condition["name"]} (`{condition["condition"]}`)";

    private static void Charts(StringBuilder text, JsonObject report)
    {
        foreach (var (name, points) in report["timeline"] as JsonObject ?? [])
        {
            var all = (points as JsonArray ?? []).OfType<JsonArray>().ToList();
            if (all.Count == 0)
                continue;
            text.Append($"\n## {name} over time\n\n```\n");
            Chart(text, "accepted/s", all, 3);
            Chart(text, "answer p99 ms", all, 5);
            Chart(text, "receipt p99 ms", all, 6);
            text.Append("```\n");
        }
    }

    // As wide as it may be; several seconds share a place, and the highest of them counts.
    private static void Chart(StringBuilder text, string title, List<JsonArray> points, int column)
    {
        var each = Math.Max(1, (int)Math.Ceiling(points.Count / (double)ChartWidth));
        var values = points.Chunk(each).Select(some => some.Select(point => Number(point[column])).Where(double.IsFinite).DefaultIfEmpty(0).Max()).ToList();
        var most = values.Max();
        if (most > 0)
            text.Append($"{title,-15}{string.Concat(values.Select(value => Bars[(int)Math.Ceiling(value / most * (Bars.Length - 1))]))} {Shown(most)}\n");
    }

    private static void Lines(StringBuilder text, string title, JsonNode? lines)
    {
        if (lines is not JsonArray { Count: > 0 } all)
            return;
        text.Append($"\n## {title}\n\n");
        foreach (var line in all)
            text.Append($"* {line}\n");
    }
}
