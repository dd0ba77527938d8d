using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Reports;

namespace GripProxy.GameDay.Tests.Reports;

/// <summary>What is written after a game day, in all its forms.</summary>
public sealed class ReportTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-report-");
    private FakeTarget _target = null!; // Set before each test.

    public async Task InitializeAsync() => _target = await FakeTarget.StartAsync();

    public async Task DisposeAsync()
    {
        await _target.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task PLG55_Command_WritesReportsThatTellTheWholeDay()
    {
        var (code, output, _) = await RunAsync("first", """{"questions": ["Open?", {"question": "Is it <fast>?", "conditions": ["keeps up"]}]}""");

        Assert.Equal(0, code);
        Assert.Contains("The highest load that passed is 2x.", output, StringComparison.Ordinal);
        var report = Read("first.json");
        Assert.Equal("held", report["outcome"]!.ToString());
        Assert.Equal("1.2.3", report["versions"]!["target"]!.ToString());
        Assert.Equal(["open", "pass"], report["questions"]!.AsArray().Select(static one => one!["answer"]!.ToString()));
        Assert.Equal("…", report["plan"]!["target"]!["key"]!.ToString());
        Assert.DoesNotContain("key-of-t", report.ToJsonString(), StringComparison.Ordinal);
        Assert.NotEmpty(report["timeline"]!["try"]!.AsArray());
        var step = report["steps"]![1]!["scenarios"]![0]!;
        Assert.Equal(200, step["rate"]!.GetValue<double>());
        Assert.True(step["publish_ms"]!["p99"]!.GetValue<double>() > 0);
        Assert.Equal(3, step["gauges"]!["queue.events"]!["highest"]!.GetValue<double>());
        var text = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "first.md"));
        Assert.Contains("| 2 | try 2x | 200 |", text, StringComparison.Ordinal);
        Assert.Contains("accepted/s     ", text, StringComparison.Ordinal);
        var page = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "first.html"));
        Assert.Equal(2, page.Split("<svg ").Length - 1);
        Assert.Contains("Is it &lt;fast&gt;? <strong class=\"good\">pass</strong>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        AssertOrder(page, "<h1>Game day: try</h1>", "All conditions held", "At 2x of try: ", "<h2>Questions</h2>", "held at all steps: keeps up", "Rate: events a second", "Times: p99", "<h2>Steps</h2>", "<h2>Conditions</h2>", "<h2>The plan</h2>");
    }

    [Fact]
    public async Task PLG55_Violated_SaysFirstWhatBrokeAtWhichLoad()
    {
        _target.Answer = () => _target.Events.Count >= 150 ? 503 : 200;
        var (code, output, _) = await RunAsync("broken", """{"steps": [1, 4], "questions": [{"question": "Fast?", "conditions": ["keeps up"]}]}""");

        Assert.Equal(2, code);
        Assert.Contains("What broke first, at ", output, StringComparison.Ordinal);
        var page = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "broken.html"));
        AssertOrder(page, "<p class=\"verdict bad\">Conditions did not hold.", "What broke first, at ", "&#39;keeps up&#39;, 0", "where ingest.accepted_ratio &gt;= 0.9 was asked for.", "<h2>Questions</h2>", "failed: keeps up at ", "<svg ");
    }

    [Fact]
    public async Task PLG55_QuestionsAboutAMultiple_AreAnsweredByTheStepsUpToIt()
    {
        _target.Admin = (about, _) => about == "GET v1/switches" && _target.Events.Count >= 20 ? """{"items": [{"name": "pause_post", "on": true, "by": "<me>"}]}""" : null;
        var (code, _, _) = await RunAsync("asked", """
            {"steps": [1, 2], "hold_s": 2, "ramp_s": 0, "settle_s": 1, "check_s": 0.2, "on_violation": "continue", "more_conditions": [{"name": "small", "metric": "ingest.rate", "op": "<=", "value": 150}],
             "questions": [{"question": "Small at 1x?", "conditions": ["small"]}, {"question": "Small at 2x?", "conditions": ["small"]}, {"question": "Fast at 8x?", "conditions": ["keeps up"]},
              {"question": "Fast?", "conditions": ["keeps up"]}, {"question": "Fast at twice the load?", "conditions": ["keeps up"], "at": 2}, {"question": "Small and fast at 1.5x?", "conditions": ["small", "keeps up"]}]}
            """);

        Assert.Equal(2, code);
        Assert.Equal(["pass", "fail", "not reached", "pass", "pass", "not reached"], Read("asked.json")["questions"]!.AsArray().Select(static one => one!["answer"]!.ToString()));
        var page = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "asked.html"));
        AssertOrder(
            page, "What broke first, at 2x", "no step of 8x was carried out; the highest load that passed is 1x", "<g class=\"mark target\"><title>switch pause_post on, by &lt;me&gt;</title>", "<g class=\"mark failure\">", "<h2>What happened</h2>",
            "<li class=\"target\">", "switch pause_post on, by &lt;me&gt;", "<li class=\"failure\">");
    }

    [Fact]
    public async Task PLG55_Compare_TellsWhatBecameBetterAndWorse()
    {
        await RunAsync("first", """{"steps": [1], "questions": [{"question": "Fast at 1x?", "conditions": ["keeps up"]}]}""");
        _target.Answer = static () => 503;
        var (code, output, _) = await RunAsync("second", """{"steps": [1], "questions": [{"question": "Fast at 1x?", "conditions": ["keeps up"]}]}""");
        Assert.Equal(2, code);
        Assert.Contains("conditions failed: keeps up", Read("second.json")["end_reason"]!.ToString(), StringComparison.Ordinal);

        var (_, lines, _) = await ToolAsync((tool, folder) => tool.CompareAsync(Path.Combine(folder, "first.json"), Path.Combine(folder, "second.json")));

        Assert.Contains("reached/s", lines, StringComparison.Ordinal);
        Assert.Contains("(-100 %)", lines, StringComparison.Ordinal);
        Assert.Contains("step 1: 'keeps up' does not hold any more", lines, StringComparison.Ordinal);
        Assert.Contains("Fast at 1x? fail; it was: pass", lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG55_WrongPlan_IsAnErrorWithItsPlaces()
    {
        var (code, _, error) = await RunAsync("none", """{"steps": [], "colour": 1}""");

        Assert.Equal(1, code);
        Assert.Contains("error: colour is unknown", error, StringComparison.Ordinal);
        Assert.Contains("error: steps must be", error, StringComparison.Ordinal);
        Assert.Empty(_target.Events);
    }

    [Theory]
    [InlineData("events", "\"name\": \"events\"")]
    [InlineData("publish", "\"kind\": \"publish\"")]
    public async Task PLG50_New_PrintsAPlanThatIsUnderstood(string kind, string expected)
    {
        var (code, output, _) = await ToolAsync((tool, _) => tool.PrintPlanAsync(kind));

        Assert.Equal(0, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        PlanReader.Read(output, static _ => "secret", ".");
    }

    [Fact]
    public void PLG55_ExitCodes_AreThoseOfTheSpecification() =>
        Assert.Equal([0, 2, 3, 1, 1], new[] { "held", "violated", "invalid", "stopped", "failed" }.Select(ReportJson.ExitCode));

    private static void AssertOrder(string page, params string[] texts)
    {
        var at = 0;
        foreach (var text in texts)
        {
            var found = page.IndexOf(text, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{text}' is not there, or not after what comes before it");
            at = found + text.Length;
        }
    }

    private Task<(int Code, string Output, string Error)> RunAsync(string name, string more)
    {
        var plan = _target.Plan(more);
        plan["conditions"] = JsonNode.Parse("""[{"name": "keeps up", "metric": "ingest.accepted_ratio", "op": ">=", "value": 0.9, "for_s": 0}]""");
        foreach (var condition in (plan["more_conditions"] as JsonArray ?? []).ToList())
            plan["conditions"]!.AsArray().Add(condition!.DeepClone());
        plan.Remove("more_conditions");
        var file = Path.Combine(_folder.FullName, name + "-plan.json");
        File.WriteAllText(file, plan.ToJsonString());
        return ToolAsync((tool, folder) => tool.RunAsync(new GameDayOptions { Plan = file, Report = Path.Combine(folder, name) }, CancellationToken.None));
    }

    private async Task<(int Code, string Output, string Error)> ToolAsync(Func<GameDayTool, string, Task<int>> action)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await action(new GameDayTool(output, error, static _ => null, TimeProvider.System), _folder.FullName);
        return (code, output.ToString(), error.ToString());
    }

    private JsonObject Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(_folder.FullName, name)))!.AsObject();
}
