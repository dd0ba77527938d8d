using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay.Reports;

/// <summary>Answers the questions of a plan by what its conditions came to (plugins-gameday.md §8). Stateless.</summary>
internal static class Answers
{
    /// <summary>The question with its answer: <c>pass</c>, <c>fail</c>, <c>not reached</c>, or <c>open</c>.</summary>
    public static JsonObject Of(GameDayRun run, QuestionPlan question) => new()
    {
        ["question"] = question.Text,
        ["at"] = question.At is { } at ? ReportJson.Num(at) : null,
        ["answer"] = Answer(run, question),
        ["conditions"] = new JsonArray([.. question.Conditions.Select(static name => (JsonNode)name)]),
    };

    private static string Answer(GameDayRun run, QuestionPlan question)
    {
        var about = (
            from step in run.Results
            from result in step.Conditions
            where question.Conditions.Contains(result.Condition.Name)
            select (step, result, Times: Times(step, result.Scenario))).ToList();
        if (question.Conditions.Count == 0)
            return "open";
        if (question.At is { } at)
        {
            // What breaks beyond the multiple in question says nothing against it.
            if (about.Exists(one => !one.result.Held && one.Times <= at + 1e-9))
                return "fail";
            var reached = question.Conditions.All(name => about.Exists(one => one.result.Condition.Name == name && one.result.Held && !one.step.IsInvalid && one.Times >= at - 1e-9));
            return reached ? "pass" : "not reached";
        }

        if (about.Exists(static one => !one.result.Held))
            return "fail";
        return about.Count > 0 && run.Results.Count == run.Plan.Steps && !run.Results.Any(static step => step.IsInvalid) ? "pass" : "open";
    }

    private static double Times(StepResult step, string scenario) =>
        step.Scenarios.Where(one => scenario.Length == 0 || one.Scenario == scenario).Max(static one => one.Times);
}
