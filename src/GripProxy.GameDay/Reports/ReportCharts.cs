using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using static GripProxy.GameDay.Reports.ReportReader;

namespace GripProxy.GameDay.Reports;

/// <summary>The charts of a report's page: rate and times, second by second, with the steps behind them and what happened. Stateless.</summary>
internal static class ReportCharts
{
    /// <summary>Writes the charts of all scenarios.</summary>
    public static void Write(StringBuilder page, JsonObject report)
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
            Mark(rate, report, first);
            page.Append("<div class=\"scroll\">").Append(rate.Draw()).Append("</div>\n");
            var times = new SvgChart("Times: p99 of each second in milliseconds", seconds, bands);
            times.Add("times", "p99 until the answer, ms", Line(5));
            if (points.Exists(static point => double.IsFinite(Number(point[6]))))
                times.Add("second", "p99 until a client has it, ms", Line(6));
            foreach (var (limit, label) in Limits(report, name))
                times.Limit(limit, label);
            Mark(times, report, first);
            page.Append("<div class=\"scroll\">").Append(times.Draw()).Append("</div>\n");
        }
    }

    private static void Mark(SvgChart chart, JsonObject report, double first)
    {
        foreach (var one in Objects(report["marks"]))
            chart.Mark(Number(one["at_s"]) - first, one["kind"]?.ToString() ?? "", one["text"]?.ToString() ?? "");
    }

    // What conditions allow of the 99th percentiles that are drawn.
    private static IEnumerable<(double Value, string Label)> Limits(JsonObject report, string scenario) =>
        from condition in Steps(report).SelectMany(static step => Objects(step["conditions"])).DistinctBy(static one => $"{one["scenario"]} {one["condition"]}")
        where condition["scenario"]?.ToString() is "" || condition["scenario"]?.ToString() == scenario
        let parts = (condition["condition"]?.ToString() ?? "").Split(' ')
        where parts is ["ingest.latency_p99_ms" or "publish.latency_p99_ms", "<" or "<=", _]
        select (double.Parse(parts[2], CultureInfo.InvariantCulture), $"{condition["name"]}: {(parts[0].StartsWith("ingest", StringComparison.Ordinal) ? "answer" : "receipt")} {parts[1]} {parts[2]} ms");
}
