using System.Text.Json.Nodes;
using GripProxy.GameDay.Reports;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay.Control;

/// <summary>A run as the API tells it (plugins-gameday.md §7). Stateless.</summary>
internal static class RunStatus
{
    /// <summary>What it does, what it measures, and how its conditions are.</summary>
    public static JsonObject Of(GameDayRun run) => new()
    {
        ["id"] = run.Id,
        ["name"] = run.Plan.Name,
        ["state"] = run.Orders.IsPaused ? "paused" : run.State.ToString().ToLowerInvariant(),
        ["step"] = Math.Min(run.Step, run.Plan.Steps),
        ["steps"] = run.Plan.Steps,
        ["elapsed_s"] = ReportJson.Num(run.Elapsed),
        ["end_reason"] = run.EndReason,
        ["scenarios"] = new JsonArray([.. run.Scenarios.Select(static scenario => (JsonNode)Scenario(scenario))]),
        ["conditions"] = new JsonArray([.. run.Watches.Select(static watch => (JsonNode)new JsonObject
        {
            ["name"] = watch.Condition.Name,
            ["scenario"] = watch.Scenario,
            ["condition"] = watch.Condition.ToString(),
            ["value"] = ReportJson.Num(watch.Value),
            ["holds"] = watch.HoldsNow,
            ["violated"] = watch.IsViolated,
        })]),
    };

    private static JsonObject Scenario(ScenarioRun scenario)
    {
        var second = scenario.Latest;
        return new JsonObject
        {
            ["name"] = scenario.Plan.Name,
            ["multiple"] = ReportJson.Num(scenario.Rate / scenario.Plan.Baseline),
            ["rate"] = ReportJson.Num(scenario.Rate),
            ["sent"] = second?.Scheduled ?? 0,
            ["accepted"] = second?.Accepted ?? 0,
            ["received"] = second?.Received ?? 0,
            ["ingest_p99_ms"] = ReportJson.Num(second?.Ingest.Percentile(99) ?? double.NaN),
            ["publish_p99_ms"] = ReportJson.Num(second?.Publish.Percentile(99) ?? double.NaN),
        };
    }
}
