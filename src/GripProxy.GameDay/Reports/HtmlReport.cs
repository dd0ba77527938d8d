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
        :root { color-scheme: light dark; --ink: #1d2430; --dim: #68727f; --page: #fff; --edge: #d9dee5; --band: #eef2f7; --bad: #c62f3b; --good: #1b7f4b; --rate: #2563eb; --asked: #94a3b8; --times: #d97706; --second: #7c3aed; --mark: #b45309 }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --dim: #98a2b0; --page: #14181f; --edge: #343c48; --band: #1d242e; --bad: #ff7b85; --good: #5bd69a; --rate: #70a2ff; --asked: #64748b; --times: #fbb454; --second: #b794ff; --mark: #fbbf24 } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 1100px; margin: 2em auto; padding: 0 1em }
        h1 { font-size: 1.7em; margin-bottom: 0 } h2 { font-size: 1.2em; margin-top: 2em } .dim { color: var(--dim) }
        .verdict { border-left: 5px solid; padding: .6em 1em; font-size: 1.15em; background: var(--band) } .good { color: var(--good) } .bad { color: var(--bad) }
        .verdict.good { border-color: var(--good) } .verdict.bad { border-color: var(--bad) } .warn { color: var(--mark) }
        .scroll { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100% } th, td { text-align: right; padding: .3em .5em; border-bottom: 1px solid var(--edge); white-space: nowrap }
        th { font-weight: 600; color: var(--dim); white-space: normal; vertical-align: bottom } th:first-child, td:first-child { text-align: left } code, pre { font: 13px/1.4 ui-monospace, monospace } pre { background: var(--band); padding: 1em; overflow-x: auto }
        svg { width: 100%; min-width: 640px; height: auto; margin: .8em 0 } svg text { font: 13px system-ui, sans-serif; fill: var(--dim) } .title { font-weight: 600 } .band { fill: var(--band); stroke: var(--page); stroke-width: 3 } .band.failed { fill: var(--bad); opacity: .18 } .step, .time { text-anchor: middle } .axis { text-anchor: end }
        .grid { stroke: var(--edge); stroke-width: .7 } p, li { overflow-wrap: anywhere } td:first-child code { white-space: normal } .line { fill: none; stroke-width: 1.8; stroke-linejoin: round } .line.rate { stroke: var(--rate) } .line.asked { stroke: var(--asked); stroke-width: 5; opacity: .55 } .line.times { stroke: var(--times) } .line.second { stroke: var(--second) }
        line.limit { stroke: var(--bad); stroke-width: 1; stroke-dasharray: 2 3 } svg text.limit { fill: var(--bad); font-size: 12px } .mark line { stroke: var(--mark); stroke-width: 1.2 } .mark circle { fill: var(--mark) } svg .mark text { fill: var(--page); font-size: 11px; font-weight: 600; text-anchor: middle }
        .mark.failure line { stroke: var(--bad) } .mark.failure circle { fill: var(--bad) } .mark.load line { stroke: var(--dim) } .mark.load circle { fill: var(--dim) } .marks li::marker { font-weight: 600; color: var(--dim) } .marks .target::marker { color: var(--mark) } .marks .failure::marker { color: var(--bad) }
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
        Questions(page, report);
        ReportCharts.Write(page, report);
        AddSteps(page, report);
        AddConditions(page, report);
        Marks(page, report);
        Lines(page, "What was irregular", report["irregularities"]);
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
        "not reached" => "warn",
        _ => "dim",
    };

    private static void AddSteps(StringBuilder page, JsonObject report)
    {
        page.Append("<h2>Steps</h2>\n");
        if (!Steps(report).Any())
        {
            page.Append("<p class=\"dim\">No step was carried out.</p>\n");
            return;
        }

        page.Append("<div class=\"scroll\"><table><tr><th>load</th><th></th><th>asked/s</th><th>reached/s</th><th>sent</th><th>accepted</th><th>errors</th><th>answer, ms p50 / p99</th><th>receipt, ms p50 / p99</th><th>missing</th><th>twice / out of order</th><th>queue, most</th><th>CPU</th></tr>\n");
        foreach (var step in Steps(report))
        {
            foreach (var one in Objects(step["scenarios"]))
            {
                var state = step["invalid"]?.GetValue<bool>() == true ? ("bad", "invalid") : step["held"]?.GetValue<bool>() == true ? ("good", "held") : ("bad", "failed");
                string[] cells =
                [
                    Shown(one["rate"]), Shown(one["reached_rate"]), Shown(one["scheduled"]), Shown(one["accepted"]), WebUtility.HtmlEncode(Errors(one["errors"])),
                    Pair(one["ingest_ms"]), Pair(one["publish_ms"]),
                    Shown(one["missing"]), $"{Shown(one["duplicates"])} / {Shown(one["out_of_order"])}", Shown(one["gauges"]?["queue.events"]?["highest"]), Percent(one["gauges"]?["host.cpu"]?["whole"]),
                ];
                page.Append($"<tr><td>{Text(one["name"])} {Text(one["load"])}</td><td class=\"{state.Item1}\">{state.Item2}</td>{string.Concat(cells.Select(static cell => $"<td>{cell}</td>"))}</tr>\n");
            }
        }

        page.Append("</table></div>\n");
    }

    private static string Pair(JsonNode? times) => $"{Shown(times?["p50"])} / {Shown(times?["p99"])}";

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

    // Numbered as they are in the charts.
    private static void Marks(StringBuilder page, JsonObject report)
    {
        if (report["marks"] is not JsonArray { Count: > 0 })
            return;
        page.Append("<h2>What happened</h2>\n<ol class=\"marks\">\n");
        foreach (var one in Objects(report["marks"]))
            page.Append($"<li class=\"{Text(one["kind"])}\"><span class=\"dim\">{Shown(one["at_s"])} s</span> {Text(one["text"])}</li>\n");
        page.Append("</ol>\n");
    }

    private static void Lines(StringBuilder page, string title, JsonNode? lines)
    {
        if (lines is not JsonArray { Count: > 0 } all)
            return;
        page.Append($"<h2>{title}</h2>\n<ul>\n{string.Concat(all.Select(static line => $"<li>{Text(line)}</li>\n"))}</ul>\n");
    }
}
