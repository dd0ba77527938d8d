using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Figures;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay.Reports;

/// <summary>Puts a run into a report (plugins-gameday.md §8). Stateless.</summary>
internal static class ReportJson
{
    private static readonly string[] Secrets = ["key", "token"];

    /// <summary>The report of a run, over or not.</summary>
    public static JsonObject Of(GameDayRun run)
    {
        var report = new JsonObject
        {
            ["name"] = run.Plan.Name,
            ["id"] = run.Id,
            ["started"] = run.Started.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["duration_s"] = Num(run.Elapsed),
            ["outcome"] = Outcome(run),
            ["end_reason"] = run.EndReason,
            ["highest_passed"] = HighestPassed(run),
            ["versions"] = new JsonObject
            {
                ["generator"] = typeof(ReportJson).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
                ["target"] = run.TargetVersion,
            },
            ["machine"] = new JsonObject
            {
                ["processors"] = Environment.ProcessorCount,
                ["memory_mb"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024),
                ["system"] = RuntimeInformation.OSDescription,
            },
            ["questions"] = new JsonArray([.. run.Plan.Questions.Select(question => Answers.Of(run, question))]),
            ["steps"] = new JsonArray([.. run.Results.Select(Step)]),
            ["notes"] = new JsonArray([.. run.Notes.Select(static note => (JsonNode)note.ToString())]),
            ["marks"] = new JsonArray([.. run.Notes.Select(static note => (JsonNode)new JsonObject { ["at_s"] = Num(note.At), ["kind"] = KindName(note.Kind), ["text"] = note.Text })]),
            ["irregularities"] = new JsonArray([.. Irregularities.Of(run).Select(static text => (JsonNode)text)]),
            ["plan"] = WithoutSecrets(run.Plan.Json),
            ["timeline"] = new JsonObject(run.Scenarios.Select(static scenario => KeyValuePair.Create(scenario.Plan.Name, (JsonNode?)Timeline(scenario.Timeline)))),
        };
        return report;
    }

    /// <summary>The exit code that an outcome stands for: 0 held, 2 violated, 3 invalid, 1 anything else.</summary>
    public static int ExitCode(string outcome) => outcome switch
    {
        "held" => 0,
        "violated" => 2,
        "invalid" => 3,
        _ => 1,
    };

    /// <summary>A plan without what opens doors.</summary>
    public static JsonObject WithoutSecrets(JsonObject plan)
    {
        var copy = plan.DeepClone().AsObject();
        foreach (var holder in (copy["scenarios"] as JsonArray ?? []).OfType<JsonObject>().Append(copy))
        {
            foreach (var name in Secrets)
            {
                if (holder["target"] is JsonObject target && target.ContainsKey(name))
                    target[name] = "…";
            }
        }

        return copy;
    }

    /// <summary>A number as JSON; null in place of what is none.</summary>
    public static JsonNode? Num(double value) => double.IsFinite(value) ? JsonValue.Create(Math.Round(value, 3)) : null;

    private static string KindName(NoteKind kind) => kind switch
    {
        NoteKind.Target => "target",
        NoteKind.Failure => "failure",
        _ => "load",
    };

    private static string Outcome(GameDayRun run) => run switch
    {
        { State: RunState.Failed } => "failed",
        { State: not RunState.Done } => "running",
        _ when run.Results.Any(static step => step.IsInvalid) => "invalid",
        _ when run.Results.Any(static step => !step.Held) => "violated",
        _ when run.EndReason.Length > 0 || run.Results.Count == 0 => "stopped",
        _ => "held",
    };

    private static JsonObject? HighestPassed(GameDayRun run) =>
        run.Results.Where(static step => step.Held && !step.IsInvalid).MaxBy(static step => step.Scenarios.Max(static scenario => scenario.Times)) is { } best
            ? new JsonObject { ["step"] = best.Number, ["load"] = string.Join(", ", best.Scenarios.Select(static scenario => scenario.Step)) }
            : null;

    private static JsonNode Step(StepResult step) => new JsonObject
    {
        ["step"] = step.Number,
        ["held"] = step.Held,
        ["invalid"] = step.IsInvalid,
        ["scenarios"] = new JsonArray([.. step.Scenarios.Select(Scenario)]),
        ["conditions"] = new JsonArray([.. step.Conditions.Select(static result => (JsonNode)new JsonObject
        {
            ["name"] = result.Condition.Name,
            ["scenario"] = result.Scenario,
            ["condition"] = result.Condition.ToString(),
            ["held"] = result.Held,
            ["value"] = Num(result.Value),
            ["violated_at_s"] = result.ViolatedAt is { } at ? Num(at) : null,
            ["violated_by"] = Num(result.ViolatedBy),
        })]),
    };

    private static JsonNode Scenario(ScenarioResult scenario)
    {
        var tally = scenario.Tally;
        return new JsonObject
        {
            ["name"] = scenario.Scenario,
            ["load"] = scenario.Step,
            ["times"] = Num(scenario.Times),
            ["rate"] = Num(scenario.Rate),
            ["reached_rate"] = Num(MetricView.Whole("ingest.rate", tally, scenario.Gauges)),
            ["scheduled"] = tally.Scheduled,
            ["accepted"] = tally.Accepted,
            ["generator_lag"] = tally.Late,
            ["errors"] = new JsonObject(tally.Errors.OrderBy(static error => error.Key, StringComparer.Ordinal).Select(static error => KeyValuePair.Create(error.Key, (JsonNode?)error.Value))),
            ["ingest_ms"] = Latencies(tally.Ingest),
            ["publish_ms"] = Latencies(tally.Publish),
            ["received"] = tally.Received,
            ["missing"] = tally.Missing,
            ["duplicates"] = tally.Duplicates,
            ["out_of_order"] = tally.OutOfOrder,
            ["client_errors"] = tally.ClientErrors,
            ["stubs"] = new JsonObject { ["items"] = tally.StubItems, ["opens"] = tally.StubOpens, ["clicks"] = tally.StubClicks },
            ["gauges"] = new JsonObject(scenario.Gauges.Names.Order(StringComparer.Ordinal).Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonObject
            {
                ["whole"] = Num(scenario.Gauges.Whole(name)),
                ["highest"] = Num(scenario.Gauges.Highest(name)),
                ["last"] = Num(scenario.Gauges.Last(name)),
            }))),
        };
    }

    private static JsonObject Latencies(LatencyHistogram times) => new()
    {
        ["p50"] = Num(times.Percentile(50)),
        ["p95"] = Num(times.Percentile(95)),
        ["p99"] = Num(times.Percentile(99)),
        ["max"] = Num(times.Percentile(100)),
    };

    private static JsonArray Timeline(IReadOnlyList<TimelinePoint> points) =>
    [
        .. points.Select(static point => (JsonNode)new JsonArray(
            point.Second, point.Step, point.Sent, point.Accepted, point.Received, Num(point.IngestP99), Num(point.PublishP99))),
    ];
}
