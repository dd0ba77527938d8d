using System.Text.Json.Nodes;
using static GripProxy.GameDay.Reports.ReportReader;

namespace GripProxy.GameDay.Reports;

/// <summary>What differs between two reports. Stateless.</summary>
internal static class ReportComparison
{
    private static readonly (string Title, string[] Path)[] Columns =
    [
        ("reached/s", ["reached_rate"]), ("answer p50 ms", ["ingest_ms", "p50"]), ("answer p99 ms", ["ingest_ms", "p99"]), ("receipt p50 ms", ["publish_ms", "p50"]),
        ("receipt p99 ms", ["publish_ms", "p99"]), ("missing", ["missing"]), ("twice", ["duplicates"]), ("out of order", ["out_of_order"]), ("queue, most", ["gauges", "queue.events", "highest"]),
    ];

    /// <summary>Lines for people: what became of each, then each step that both have.</summary>
    public static IEnumerable<string> Lines(JsonObject before, JsonObject after)
    {
        yield return $"{before["name"]} {before["started"]}: {Verdict(before)}";
        yield return $"{after["name"]} {after["started"]}: {Verdict(after)}";
        foreach (var step in Steps(after))
        {
            foreach (var scenario in Objects(step["scenarios"]))
            {
                var other = Steps(before).SelectMany(static one => Objects(one["scenarios"])).FirstOrDefault(one => $"{one["load"]}" == $"{scenario["load"]}" && $"{one["name"]}" == $"{scenario["name"]}")
                    ?? Steps(before).SelectMany(static one => Objects(one["scenarios"])).FirstOrDefault(one => $"{one["load"]}" == $"{scenario["load"]}");
                yield return other is null ? $"{scenario["name"]} {scenario["load"]}: only in the second" : $"{scenario["name"]} {scenario["load"]}";
                foreach (var line in other is null ? [] : Differences(other, scenario))
                    yield return line;
            }
        }

        foreach (var line in Conditions(before, after).Concat(Questions(before, after)))
            yield return line;
    }

    private static IEnumerable<string> Differences(JsonObject before, JsonObject after)
    {
        foreach (var (title, path) in Columns)
        {
            var (from, to) = (Number(Find(before, path)), Number(Find(after, path)));
            if (!double.IsFinite(from) && !double.IsFinite(to))
                continue;
            var change = from > 0 && double.IsFinite(to) ? $"  ({(to - from) / from * 100:+0;-0;0} %)" : "";
            yield return $"  {title,-15} {Shown(from),10} -> {Shown(to),10}{change}";
        }
    }

    private static IEnumerable<string> Conditions(JsonObject before, JsonObject after)
    {
        foreach (var step in Steps(after))
        {
            var old = Steps(before).FirstOrDefault(one => $"{one["step"]}" == $"{step["step"]}");
            foreach (var condition in Objects(step["conditions"]))
            {
                var then = Objects(old?["conditions"]).FirstOrDefault(one => $"{one["name"]}" == $"{condition["name"]}");
                if (then is not null && $"{then["held"]}" != $"{condition["held"]}")
                    yield return $"step {step["step"]}: '{condition["name"]}' {(condition["held"]?.GetValue<bool>() == true ? "holds now" : "does not hold any more")}";
            }
        }
    }

    private static IEnumerable<string> Questions(JsonObject before, JsonObject after) =>
        from question in Objects(after["questions"])
        let then = Objects(before["questions"]).FirstOrDefault(one => $"{one["question"]}" == $"{question["question"]}")
        where then is not null && $"{then["answer"]}" != $"{question["answer"]}"
        select $"{question["question"]} {question["answer"]}; it was: {then["answer"]}";

    private static JsonNode? Find(JsonNode? from, string[] path) => path.Aggregate(from, static (node, name) => node is JsonObject json ? json[name] : null);
}
