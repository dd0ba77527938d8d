using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Plans;

/// <summary>Reads a plan (plugins-gameday.md §1) and gathers all that is wrong with it. Stateless.</summary>
internal static class PlanReader
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string[] Members =
    [
        "name", "hold_s", "ramp_s", "settle_s", "check_s", "on_violation", "questions", "report", "scenarios", "conditions", .. ScenarioReader.Members,
    ];

    /// <summary>Reads one from text.</summary>
    /// <param name="text">JSON; comments are allowed.</param>
    /// <param name="variable">Environment variables, by name.</param>
    /// <param name="folder">Files that the plan names are below it.</param>
    /// <exception cref="PlanException">Something is wrong with it.</exception>
    public static GamePlan Read(string text, Func<string, string?> variable, string folder)
    {
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(text, nodeOptions: null, Lenient);
        }
        catch (JsonException e)
        {
            throw new PlanException([$"the plan is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}"]);
        }

        return Read(json as JsonObject ?? throw new PlanException(["the plan must be an object; gripproxy gameday new prints one"]), variable, folder);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="PlanException">Something is wrong with it.</exception>
    public static GamePlan Read(JsonObject json, Func<string, string?> variable, string folder)
    {
        var problems = new List<string>();
        var root = new PlanNode(json, "", problems);
        root.Allow(Members);
        var plan = Read(root, new ScenarioReader(variable, folder));
        if (plan.Scenarios.Count == 0)
            problems.Add("scenarios must have at least one scenario");
        CheckNames(plan, problems);
        return problems.Count == 0 ? plan : throw new PlanException(problems);
    }

    private static GamePlan Read(PlanNode root, ScenarioReader scenarios)
    {
        var name = root.Text("name", "");
        if (name.Length == 0 || name.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            root.Report("name", "must be a name of letters, digits, - and _");
        var many = root.Has("scenarios");
        return new GamePlan
        {
            Name = name,
            Json = root.Json,
            Scenarios = many
                ? [.. root.Children("scenarios").Select((node, index) => scenarios.Read(node, node.Text("name", $"scenario{index + 1}"), root))]
                : [scenarios.Read(root, name, root)],
            Hold = root.Seconds("hold_s", TimeSpan.FromSeconds(120), 1),
            Ramp = root.Seconds("ramp_s", TimeSpan.FromSeconds(15)),
            Settle = root.Seconds("settle_s", TimeSpan.FromSeconds(20)),
            Check = root.Seconds("check_s", TimeSpan.FromSeconds(5), 0.1),
            OnViolation = root.OneOf("on_violation", "stop", "hold", "continue", "ask") switch
            {
                "hold" => OnViolation.Hold,
                "continue" => OnViolation.Continue,
                "ask" => OnViolation.Ask,
                _ => OnViolation.Stop,
            },
            Conditions = many ? ConditionReader.Read(root) : [],
            Questions = ReadQuestions(root),
            Report = root.Text("report", "report-{name}-{start}"),
        };
    }

    private static List<QuestionPlan> ReadQuestions(PlanNode root)
    {
        var found = new List<QuestionPlan>();
        if (!root.Has("questions"))
            return found;
        foreach (var one in root.Json["questions"] as JsonArray ?? [])
        {
            if (one?.GetValueKind() == JsonValueKind.String)
                found.Add(new QuestionPlan(one.GetValue<string>(), []));
            else if (one is JsonObject detailed && (detailed["question"] as JsonValue)?.TryGetValue(out string? text) == true && detailed["conditions"] is null or JsonArray)
                found.Add(ReadQuestion(root, text, detailed));
            else
                root.Report("questions", "must be a list of texts, or of {\"question\": \"…\", \"conditions\": [names], \"at\": multiple}");
        }

        return found;
    }

    private static QuestionPlan ReadQuestion(PlanNode root, string text, JsonObject detailed)
    {
        var question = new QuestionPlan(text, [.. (detailed["conditions"] as JsonArray ?? []).Select(static name => name?.ToString() ?? "")]);
        if (detailed["at"] is not { } at)
            return question;
        if (at.GetValueKind() == JsonValueKind.Number && double.Parse(at.ToJsonString(), CultureInfo.InvariantCulture) is > 0 and var multiple)
            return question with { At = multiple };
        root.Report("questions", $"\"at\" is {at.ToJsonString()}, expected a multiple as 8");
        return question;
    }

    private static void CheckNames(GamePlan plan, List<string> problems)
    {
        var conditions = plan.Conditions.Concat(plan.Scenarios.SelectMany(static scenario => scenario.Conditions)).Select(static condition => condition.Name).ToHashSet();
        problems.AddRange(
            from question in plan.Questions
            from name in question.Conditions
            where !conditions.Contains(name)
            select $"questions: there is no condition named '{name}'");
        problems.AddRange(plan.Scenarios.GroupBy(static scenario => scenario.Name).Where(static same => same.Count() > 1).Select(static same => $"scenarios: several are named '{same.Key}'"));
    }
}
