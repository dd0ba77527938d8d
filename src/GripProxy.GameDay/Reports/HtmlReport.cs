using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using static GripProxy.GameDay.Reports.ReportReader;

namespace GripProxy.GameDay.Reports;

/// <summary>A report as one page that needs nothing else. Stateless.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1d2430; --dim: #68727f; --page: #fff; --edge: #d9dee5; --band: #eef2f7; --bad: #c62f3b; --good: #1b7f4b; --rate: #2563eb; --asked: #94a3b8; --times: #d97706; --second: #7c3aed }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --dim: #98a2b0; --page: #14181f; --edge: #343c48; --band: #1d242e; --bad: #ff7b85; --good: #5bd69a; --rate: #70a2ff; --asked: #64748b; --times: #fbb454; --second: #b794ff } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 1020px; margin: 2em auto; padding: 0 1em }
        h1 { font-size: 1.7em; margin-bottom: 0 } h2 { font-size: 1.2em; margin-top: 2em } .dim { color: var(--dim) }
        .verdict { border-left: 5px solid; padding: .6em 1em; font-size: 1.15em; background: var(--band) } .good { color: var(--good) } .bad { color: var(--bad) }
        .verdict.good { border-color: var(--good) } .verdict.bad { border-color: var(--bad) }
        .scroll { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100% } th, td { text-align: right; padding: .3em .6em; border-bottom: 1px solid var(--edge); white-space: nowrap }
        th { font-weight: 600; color: var(--dim); white-space: normal; vertical-align: bottom } th:first-child, td:first-child { text-align: left } code, pre { font: 13px/1.4 ui-monospace, monospace } pre { background: var(--band); padding: 1em; overflow-x: auto }
        svg { width: 100%; min-width: 640px; height: auto; margin: .8em 0 } svg text { font: 13px system-ui, sans-serif; fill: var(--dim) } .title { font-weight: 600 } .band { fill: var(--band); stroke: var(--page); stroke-width: 3 } .band.failed { fill: var(--bad); opacity: .18 } .step, .time { text-anchor: middle } .axis { text-anchor: end }
        .grid { stroke: var(--edge); stroke-width: .7 } p, li { overflow-wrap: anywhere } td:first-child code { white-space: normal } .line { fill: none; stroke-width: 1.8; stroke-linejoin: round } .line.rate { stroke: var(--rate) } .line.asked { stroke: var(--asked); stroke-dasharray: 4 3 } .line.times { stroke: var(--times) } .line.second { stroke: var(--second) }
        """;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes it.</summary>
    public static string Write(JsonObject report)
    {
        var page = new StringBuilder($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Game day {Text(report["name"])}</title>\n<style>\n{Style}\n</style></head><body>\n");
        page.Append($"<h1>Game day: {Text(report["name"])}</h1><p class=\"dim\">{Started(report)}, {Length(Number(report["duration_s"]))}</p>\n");
        page.Append($"<p class=\"verdict {(report["outcome"]?.ToString() == "held" ? "good" : "bad")}\">{WebUtility.HtmlEncode(Verdict(report))}</p>\n");
        foreach (var line in AtBest(report))
            page.Append($"<p>{WebUtility.HtmlEncode(line)}</p>\n");
        Charts(page, report);
        AddSteps(page, report);
        AddConditions(page, report);
        Questions(page, report);
        Lines(page, "What was irregular", report["irregularities"]);
        Lines(page, "What happened", report["notes"]);
        page.Append($"<h2>The plan</h2>\n<details><summary>as it was carried out</summary><pre>{WebUtility.HtmlEncode(Pretty(report["plan"]))}</pre></details>\n");
        page.Append($"<p class=\"dim\">Generator {Version(report["versions"]?["generator"])}, target {Version(report["versions"]?["target"])}; {Text(report["machine"]?["processors"])} processors, {Text(report["machine"]?["memory_mb"])} MiB, {Text(report["machine"]?["system"])}.</p>\n</body></html>\n");
        return page.ToString();
    }

    /// <summary>JSON as people read it.</summary>
    public static string Pretty(JsonNode? node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
            (node ?? new JsonObject()).WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Questions(StringBuilder page, JsonObject report)
    {
        if (report["questions"] is not JsonArray { Count: > 0 })
            return;
        page.Append("<h2>Questions</h2>\n<ul>\n");
        foreach (var one in Objects(report["questions"]))
            page.Append($"<li>{Text(one["question"])} <strong class=\"{Colour(one["answer"])}\">{Text(one["answer"])}</strong> <span class=\"dim\">{WebUtility.HtmlEncode(Reason(report, one))}</span></li>\n");
        page.Append("</ul>\n");
    }

    private static string Started(JsonObject report) =>
        DateTimeOffset.TryParse(report["started"]?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var at) ? at.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture) : "";

    private static string Length(double seconds) => seconds < 120 ? $"{seconds:0} s" : $"{Math.Floor(seconds / 60):0} min {seconds % 60:0} s";

    // The commit of a version is cut to what tells it from others.
    private static string Version(JsonNode? version) =>
        version?.ToString() is not { Length: > 0 } text ? "of unknown version" : WebUtility.HtmlEncode(text.IndexOf('+') is > 0 and var plus && text.Length > plus + 9 ? text[..(plus + 9)] : text);

    private static string Text(JsonNode? node) => WebUtility.HtmlEncode(node?.ToString() ?? "");

    private static string Colour(JsonNode? answer) => answer?.ToString() switch
    {
        "pass" => "good",
        "fail" => "bad",
        _ => "dim",
    };

    private static void Charts(StringBuilder page, JsonObject report)
    {
        var steps = Steps(report).ToList();
        foreach (var (name, list) in report["timeline"] as JsonObject ?? [])
        {
            var points = (list as JsonArray ?? []).OfType<JsonArray>().ToList();
            if (points.Count == 0)
                continue;
            var first = Number(points[0][0]);
            var bands = points.GroupBy(static point => (int)Number(point[1])).Select(group =>
            {
                var step = steps.Find(one => (int)Number(one["step"]) == group.Key);
                var load = Objects(step?["scenarios"]).FirstOrDefault(one => one["name"]?.ToString() == name)?["load"]?.ToString() ?? "";
                return (group.Min(static point => Number(point[0])) - first, group.Max(static point => Number(point[0])) - first + 1, load, step?["held"]?.GetValue<bool>() ?? true);
            }).ToList();
            var seconds = Number(points[^1][0]) - first + 1;
            List<(double, double)> Line(int column) => [.. points.Select(point => (Number(point[0]) - first, Number(point[column])))];
            page.Append($"<h2>{WebUtility.HtmlEncode(name)} over time</h2>\n");
            var rate = new SvgChart("Rate: events a second, over seconds of the game day", seconds, bands);
            rate.Add("asked", "sent a second", Line(2));
            rate.Add("rate", "accepted a second", Line(3));
            page.Append("<div class=\"scroll\">").Append(rate.Draw()).Append("</div>\n");
            var times = new SvgChart("Times: p99 of each second in milliseconds", seconds, bands);
            times.Add("times", "p99 until the answer, ms", Line(5));
            if (points.Exists(static point => double.IsFinite(Number(point[6]))))
                times.Add("second", "p99 until a client has it, ms", Line(6));
            page.Append("<div class=\"scroll\">").Append(times.Draw()).Append("</div>\n");
        }
    }

    private static void AddSteps(StringBuilder page, JsonObject report)
    {
        page.Append("<h2>Steps</h2>\n<div class=\"scroll\"><table><tr><th>load</th><th></th><th>asked/s</th><th>reached/s</th><th>sent</th><th>accepted</th><th>errors</th><th>answer p50 ms</th><th>answer p99 ms</th><th>receipt p50 ms</th><th>receipt p99 ms</th><th>missing</th><th>twice</th><th>out of order</th><th>queue, most</th><th>CPU</th></tr>\n");
        foreach (var step in Steps(report))
        {
            foreach (var one in Objects(step["scenarios"]))
            {
                var state = step["invalid"]?.GetValue<bool>() == true ? ("bad", "invalid") : step["held"]?.GetValue<bool>() == true ? ("good", "held") : ("bad", "failed");
                string[] cells =
                [
                    Shown(one["rate"]), Shown(one["reached_rate"]), Shown(one["scheduled"]), Shown(one["accepted"]), WebUtility.HtmlEncode(Errors(one["errors"])),
                    Shown(one["ingest_ms"]?["p50"]), Shown(one["ingest_ms"]?["p99"]), Shown(one["publish_ms"]?["p50"]), Shown(one["publish_ms"]?["p99"]),
                    Shown(one["missing"]), Shown(one["duplicates"]), Shown(one["out_of_order"]), Shown(one["gauges"]?["queue.events"]?["highest"]), Percent(one["gauges"]?["host.cpu"]?["whole"]),
                ];
                page.Append($"<tr><td>{Text(one["name"])} {Text(one["load"])}</td><td class=\"{state.Item1}\">{state.Item2}</td>{string.Concat(cells.Select(static cell => $"<td>{cell}</td>"))}</tr>\n");
            }
        }

        page.Append("</table></div>\n");
    }

    private static string Percent(JsonNode? share) => Number(share) is var number && double.IsFinite(number) ? $"{100 * number:0} %" : "–";

    private static void AddConditions(StringBuilder page, JsonObject report)
    {
        var steps = Steps(report).ToList();
        var names = steps.SelectMany(static step => Objects(step["conditions"])).Select(one => Title(report, one)).Distinct().ToList();
        if (names.Count == 0)
            return;
        page.Append($"<h2>Conditions</h2>\n<div class=\"scroll\"><table><tr><th>condition</th>{string.Concat(steps.Select(static step => $"<th>{WebUtility.HtmlEncode(LoadOf(step))}</th>"))}</tr>\n");
        foreach (var name in names)
        {
            page.Append($"<tr><td>{name}</td>");
            foreach (var step in steps)
            {
                var one = Objects(step["conditions"]).FirstOrDefault(condition => Title(report, condition) == name);
                page.Append(one is null ? "<td>–</td>" : one["held"]?.GetValue<bool>() == true
                    ? $"<td class=\"good\">{Shown(one["value"])}</td>"
                    : $"<td class=\"bad\" title=\"after {Shown(one["violated_at_s"])} s\">{Broken(one)}</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</table></div>\n");
    }

    private static string Title(JsonObject report, JsonObject condition) => WebUtility.HtmlEncode(Name(report, condition)) + $" <code>{Text(condition["condition"])}</code>";

    private static void Lines(StringBuilder page, string title, JsonNode? lines)
    {
        if (lines is not JsonArray { Count: > 0 } all)
            return;
        page.Append($"<h2>{title}</h2>\n<ul>\n{string.Concat(all.Select(static line => $"<li>{Text(line)}</li>\n"))}</ul>\n");
    }
}
