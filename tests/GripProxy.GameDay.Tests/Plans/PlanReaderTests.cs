using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Tests.Plans;

public sealed class PlanReaderTests
{
    private const string Target = """ "target": {"ingest": "http://127.0.0.1:1", "admin": "http://127.0.0.1:2"} """;

    [Fact]
    public void Read_PlanOfTheSpecification_IsUnderstood()
    {
        var folder = Directory.CreateTempSubdirectory("gripproxy-plan-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "events.ndjson.gz"), "");
            File.WriteAllText(Path.Combine(folder.FullName, "anon.json"), "{}");
            var plan = PlanReader.Read(
                """
                {
                  "name": "holiday-ingest",
                  "target": { "ingest": "http://127.0.0.1:7998", "admin": "http://127.0.0.1:5561", "stream": "http://127.0.0.1:7999/stream/gameday", "tenant": "gameday", "key_env": "GAMEDAY_KEY", "token_env": "GAMEDAY_TOKEN" },
                  "baseline": { "events_per_s": 250 },
                  "steps": [1, 2, 3, 4, 5, 6, 7, 8],
                  "hold_s": 120, "ramp_s": 15, "settle_s": 20,
                  "shape": "steady",
                  "source": { "kind": "recorded", "files": ["events.ndjson.gz"], "anonymise": "anon.json", "timing": "rate" },
                  "batch": { "size": 20, "path": "/batch/" },
                  "clients": { "stream": 200, "long_poll": 50, "ws": 50, "channels": ["events.*"] },
                  "stubs": [ { "kind": "campaign", "listen": "email.sent", "open": 0.22, "click": 0.035, "open_delay_s": [1, 30], "click_delay_s": [2, 60] } ],
                  "conditions": [
                    { "name": "keeps up", "metric": "ingest.accepted_ratio", "op": ">=", "value": 0.999 },
                    { "name": "exports on time", "metric": "post.oldest_s", "op": "<=", "value": 60 }
                  ],
                  "on_violation": "stop",
                  "questions": ["Can ingestion run at 8x?", "Does added load delay exports?"],
                  "report": "report-{name}-{start}"
                }
                """,
                static name => $"value of {name}",
                folder.FullName);

            var scenario = Assert.Single(plan.Scenarios);
            Assert.Equal("value of GAMEDAY_KEY", scenario.Target.Key);
            Assert.Equal("value of GAMEDAY_TOKEN", scenario.Target.Token);
            Assert.Equal(250, scenario.Baseline);
            Assert.Equal(2000, scenario.Step(7).Rate(250));
            Assert.Equal(300, scenario.Clients.Count);
            Assert.Equal(0.22, Assert.Single(scenario.Stubs).Open);
            Assert.Equal(2, scenario.Conditions.Count);
            Assert.Equal(TimeSpan.FromSeconds(120), plan.Hold);
            Assert.Equal(2, plan.Questions.Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("events")]
    [InlineData("publish")]
    public void Read_PlansThatAreShipped_AreRight(string kind)
    {
        var plan = PlanReader.Read(ShippedPlan.Read(kind), static _ => "secret", ".");

        Assert.Equal(kind, plan.Name);
        Assert.All(plan.Questions, static question => Assert.NotEmpty(question.Conditions));
    }

    [Fact]
    public void Read_ManyMistakes_NamesEachWithItsPlace()
    {
        var e = Assert.Throws<PlanException>(() => PlanReader.Read(
            """
            {
              "name": "a b", "colour": 1, "baseline": "much", "steps": [0], "hold_s": "long",
              "target": {"ingest": "nowhere", "admin": "http://127.0.0.1:2", "key_env": "MISSING"},
              "source": {"kind": "recorded", "files": ["not-there.ndjson"]},
              "clients": {"stream": -1},
              "conditions": [{"metric": "ingest.speed", "op": "=>", "value": 1}, {"metric": "prom:up", "op": "==", "value": 1}],
              "stubs": [{"open": 2}],
              "questions": [{"question": "Is it?", "conditions": ["unknown"]}]
            }
            """,
            static _ => null,
            "/tmp"));

        string[] expected =
        [
            "colour is unknown", "name must be", "baseline must be a number", "steps has 0", "hold_s must be a number", "target.ingest is 'nowhere'", "target.key_env names the environment variable MISSING",
            "source.files names /tmp/not-there.ndjson", "clients.stream is -1", "conditions[0].metric is 'ingest.speed'", "conditions[0].op is '=>'", "stubs[0].open is 2", "stubs[0].listen must name channels",
            "target.metrics is missing", "there is no condition named 'unknown'",
        ];
        Assert.All(expected, text => Assert.Contains(e.Problems, problem => problem.Contains(text, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""[1, "500/s", 2.5]""", "1x,500/s,2.5x")]
    [InlineData("""{"from": 1, "to": 2, "by": 0.5}""", "1x,1.5x,2x")]
    public void Read_Steps_AreMultiplesRatesOrARange(string steps, string expected)
    {
        var plan = Read($$"""{"name": "a", {{Target}}, "baseline": 10, "steps": {{steps}}}""");

        Assert.Equal(expected, string.Join(',', plan.Scenarios[0].Steps));
    }

    [Fact]
    public void Read_Scenarios_TakeFromThePlanWhatTheyDoNotSay()
    {
        var plan = Read(
            $$"""
            {"name": "a", {{Target}}, "baseline": 10, "steps": [1, 2],
             "scenarios": [{"name": "in"}, {"name": "out", "kind": "publish", "steps": [1, 5, 10], "baseline": 3}],
             "conditions": [{"name": "all", "metric": "ingest.rate", "op": ">", "value": 0}]}
            """);

        Assert.Equal(3, plan.Steps);
        Assert.Equal(20, plan.Scenarios[0].Step(2).Rate(plan.Scenarios[0].Baseline));
        Assert.Equal(30, plan.Scenarios[1].Step(2).Rate(plan.Scenarios[1].Baseline));
        Assert.Equal(ScenarioKind.Publish, plan.Scenarios[1].Kind);
        Assert.Equal("all", Assert.Single(plan.Conditions).Name);
    }

    [Fact]
    public void Read_NoJson_SaysWhere() =>
        Assert.Contains("line 2", Assert.Throws<PlanException>(() => Read("{\n  \"name\": oops}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_ConditionOnClientsWithoutAny_IsAMistake() =>
        Assert.Contains("clients has none", Assert.Throws<PlanException>(() => Read(
            $$"""{"name": "a", {{Target}}, "baseline": 10, "steps": [1], "conditions": [{"metric": "delivery.missing", "op": "==", "value": 0}]}""")).Message, StringComparison.Ordinal);

    private static GamePlan Read(string text) => PlanReader.Read(text, static _ => null, ".");
}
