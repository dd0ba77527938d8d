using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Reports;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay.Tests.Running;

/// <summary>Whole game days against a target in this process, with real sockets.</summary>
public sealed class GameDayRunTests : IAsyncLifetime
{
    private FakeTarget _target = null!; // Set before each test.

    public async Task InitializeAsync() => _target = await FakeTarget.StartAsync();

    public async Task DisposeAsync() => await _target.DisposeAsync();

    [Fact]
    public async Task PLG50_Steps_SendWhatWasAskedAndClientsGetAllOfIt()
    {
        // Requests that are under way at the same time may be taken in either order.
        await using var run = await MakeAsync("""{"connections": 1, "conditions": [{"name": "all", "metric": "ingest.accepted_ratio", "op": "==", "value": 1}, {"name": "lost", "metric": "delivery.missing", "op": "==", "value": 0}]}""");

        await run.RunAsync(CancellationToken.None);

        Assert.Equal(RunState.Done, run.State);
        Assert.Equal([1, 2], run.Results.Select(static step => step.Number));
        Assert.All(run.Results, static step => Assert.True(step.Held, string.Join(", ", step.Conditions)));
        var (first, second) = (run.Results[0].Scenarios[0].Tally, run.Results[1].Scenarios[0].Tally);
        // Half a second of ramp and two of hold, from nothing to 100 a second and on to 200.
        Assert.InRange(first.Scheduled, 150, 400);
        Assert.True(second.Scheduled > 1.4 * first.Scheduled, $"{second.Scheduled} is not twice {first.Scheduled}");
        Assert.Equal(_target.Events.Count, first.Accepted + second.Accepted);
        // Two clients on each of four channels: each event reaches two.
        Assert.Equal(2 * first.Accepted, first.Received);
        Assert.True(first.Publish.Count > 0);
        Assert.Equal(0, first.Duplicates + first.OutOfOrder + first.ClientErrors + first.Missing);
        // Second by second it is the same, to the last one.
        Assert.Equal(first.Scheduled + second.Scheduled, run.Scenarios[0].Timeline.Sum(static point => point.Sent));
        Assert.Equal(first.Accepted + second.Accepted, run.Scenarios[0].Timeline.Sum(static point => point.Accepted));
        Assert.Equal(first.Received + second.Received, run.Scenarios[0].Timeline.Sum(static point => point.Received));
    }

    [Fact]
    public async Task PLG50_PublishDay_GoesOnForAsLongAsTheListOfNodesAnswers()
    {
        _target.HasOnlyNodes = true;
        var fast = new FastTime(5);
        var plan = PlanReader.Read(
            _target.Plan("""{"kind": "publish", "baseline": 2, "steps": [1], "hold_s": 18, "ramp_s": 0, "settle_s": 2, "batch": {"size": 1}, "clients": {}}"""), static _ => null, ".");
        await using var run = await new GameDayLauncher(static _ => null, fast).MakeAsync(plan, allowsProduction: false, CancellationToken.None);

        await run.RunAsync(CancellationToken.None);

        Assert.Equal("", run.EndReason);
        Assert.True(Assert.Single(run.Results).Scenarios[0].Tally.HoldSeconds >= 18);
    }

    [Fact]
    public async Task PLG50_Events_CarryTheirMarkAndAFreshId()
    {
        await using var run = await MakeAsync("""{"steps": [1]}""");

        await run.RunAsync(CancellationToken.None);

        var events = _target.Events.ToList();
        Assert.Equal(events.Count, events.Select(static one => Guid.Parse(one["uuid"]!.ToString())).Distinct().Count());
        var marks = events.Select(static one => one["properties"]!["$gd"]!.AsObject()).ToList();
        Assert.Equal(Enumerable.Range(0, events.Count), marks.Select(static mark => mark["n"]!.GetValue<int>()).Order());
        Assert.All(marks, static mark => Assert.Equal(1, mark["step"]!.GetValue<int>()));
    }

    [Fact]
    public async Task PLG51_ConditionFails_StopsAtThisStepAndSaysWhich()
    {
        var steps = 0;
        _target.Answer = () => Volatile.Read(ref steps) >= 2 ? 503 : 200;
        await using var run = await MakeAsync(
            """{"steps": [1, 2, 3, 4], "conditions": [{"name": "keeps up", "metric": "ingest.accepted_ratio", "op": ">=", "value": 0.9, "for_s": 0}, {"name": "lost", "metric": "delivery.missing", "op": "==", "value": 0}]}""");
        run.Progressed = () => Volatile.Write(ref steps, run.Step);

        await run.RunAsync(CancellationToken.None);

        Assert.Equal(2, run.Results.Count);
        Assert.True(run.Results[0].Held);
        Assert.Equal("keeps up", Assert.Single(run.Results[1].Conditions, static condition => !condition.Held).Condition.Name);
        Assert.Equal("conditions failed: keeps up", run.EndReason);
        Assert.Equal("violated", ReportJson.Of(run)["outcome"]!.ToString());
    }

    [Fact]
    public async Task PLG51_OnViolationContinue_GoesOnToTheEnd()
    {
        _target.Answer = static () => 429;
        await using var run = await MakeAsync("""{"on_violation": "continue", "conditions": [{"name": "keeps up", "metric": "ingest.accepted_ratio", "op": ">=", "value": 0.9, "for_s": 0}]}""");

        await run.RunAsync(CancellationToken.None);

        Assert.Equal(2, run.Results.Count);
        Assert.All(run.Results, static step => Assert.False(step.Held));
        Assert.True(run.Results[0].Scenarios[0].Tally.Errors["429"] > 0);
    }

    [Fact]
    public async Task PLG51_LostRepeatedAndSwappedItems_AreCounted()
    {
        JsonObject? kept = null;
        _target.Deliver = (one, number) =>
        {
            if (number == 10)
                return [];
            if (number == 20)
                return [one, one];
            if (number == 40)
                kept = one;
            // Of the same name and user as number 40: names take turns by four, users by forty.
            return number == 40 ? [] : number == 80 ? [one, kept!] : [one];
        };
        await using var run = await MakeAsync("""{"steps": [1], "settle_s": 2, "connections": 1, "source": {"kind": "synthetic", "events": 4, "users": 10}}""");

        await run.RunAsync(CancellationToken.None);

        var tally = run.Results[0].Scenarios[0].Tally;
        Assert.Equal((2, 2, 2), (tally.Missing, tally.Duplicates, tally.OutOfOrder));
    }

    [Fact]
    public async Task PLG50_PublishScenario_ReachesClientsThatGrowWithTheLoad()
    {
        await using var run = await MakeAsync(
            """{"kind": "publish", "batch": {"size": 1}, "clients": {"stream": 2, "ws": 2, "multiply": true, "channels": ["news.*"]}, "source": {"kind": "synthetic", "events": 2}, "conditions": [{"name": "lost", "metric": "delivery.missing", "op": "==", "value": 0}]}""");

        await run.RunAsync(CancellationToken.None);

        Assert.All(run.Results, static step => Assert.True(step.Held, string.Join(", ", step.Conditions)));
        var (first, second) = (run.Results[0].Scenarios[0].Tally, run.Results[1].Scenarios[0].Tally);
        Assert.Equal(2 * first.Accepted, first.Received);
        Assert.Equal(4 * second.Accepted, second.Received);
    }

    [Fact]
    public async Task PLG50_LongPolls_MeasureTimesAndNoLosses()
    {
        await using var run = await MakeAsync("""{"steps": [1], "clients": {"long_poll": 4, "channels": ["events.*"]}, "conditions": [{"name": "lost", "metric": "delivery.missing", "op": "==", "value": 0}]}""");

        await run.RunAsync(CancellationToken.None);

        Assert.True(run.Results[0].Held);
        Assert.True(run.Results[0].Scenarios[0].Tally.Publish.Count > 0);
    }

    [Fact]
    public async Task PLG52_TenantThatIsNoTest_IsNotLoaded()
    {
        _target.Tenant = """{"name": "t", "gameday_allow_production": false}""";
        Assert.Contains("not marked as a test", (await Assert.ThrowsAsync<TargetException>(() => MakeAsync("{}"))).Message, StringComparison.Ordinal);
        Assert.Contains("does not allow", (await Assert.ThrowsAsync<TargetException>(() => MakeAsync("{}", allowsProduction: true))).Message, StringComparison.Ordinal);

        _target.Tenant = """{"name": "t", "gameday_allow_production": true}""";
        await (await MakeAsync("{}", allowsProduction: true)).DisposeAsync();
        Assert.Empty(_target.Events);
    }

    [Fact]
    public async Task PLG51_MetricThatTheTargetDoesNotTell_IsSaidBeforeTheStart()
    {
        var e = await Assert.ThrowsAsync<PlanException>(() => MakeAsync("""{"conditions": [{"name": "late", "metric": "post.oldest_s", "op": "<=", "value": 60}]}"""));

        Assert.Equal("condition 'late': the target of try does not tell post.oldest_s", e.Message);
    }

    [Fact]
    public async Task PLG51_QueueOfTheTarget_IsLookedAt()
    {
        await using var run = await MakeAsync("""{"steps": [1], "conditions": [{"name": "queue", "metric": "queue.events", "op": "<", "value": 3}]}""");

        await run.RunAsync(CancellationToken.None);

        Assert.Equal(3, Assert.Single(run.Results[0].Conditions).Value);
        Assert.Equal("conditions failed: queue", run.EndReason);
    }

    [Fact]
    public async Task PLG56_SwitchesAndPluginsThatChange_AreNoted()
    {
        _target.Admin = (about, _) => about switch
        {
            "GET v1/switches" => $$"""{"items": [{"name": "pause_post", "on": {{(_target.Events.Count >= 20 ? """true, "by": "operator", "reason": "too much", "until": "2026-11-29T10:00:05Z" """ : "false")}}}]}""",
            "GET v1/tenants/t/plugins" => $$"""{"items": [{"name": "greeter", "enabled": {{(_target.Events.Count < 20 ? "true" : "false")}}, "version": "1.0.0", "state": "{{(_target.Events.Count < 20 ? "enabled" : "disabled")}}"}, {"name": "other", "enabled": true, "version": "2", "state": "{{(_target.Events.Count < 20 ? "starting" : "tripped")}}"}]}""",
            _ => null,
        };
        await using var run = await MakeAsync("""{"steps": [1], "check_s": 0.2}""");

        await run.RunAsync(CancellationToken.None);

        Assert.Equal(["switch pause_post on until 10:00:05 UTC, by operator (too much)", "plugin greeter disabled, version 1.0.0", "plugin other enabled, version 2, tripped"], run.Notes.Select(static note => note.Text));
        Assert.All(run.Notes, static note => Assert.Equal(NoteKind.Target, note.Kind));
        Assert.All(run.Notes, note => Assert.InRange(note.At, 0.001, run.Elapsed));
        Assert.EndsWith(" s: plugin other enabled, version 2, tripped", Assert.Single(ReportJson.Of(run)["irregularities"]!.AsArray())!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG50_BaselineFromMetrics_IsTheBusiestMinuteOfTheDays()
    {
        var today = TimeProvider.System.GetUtcNow();
        _target.Admin = (about, _) => about == "GET v1/tenants/t/events/peaks"
            ? $$"""{"items": [{"day": "{{today.AddDays(-5):yyyy-MM-dd}}", "events_in_a_minute": 60000}, {"day": "{{today:yyyy-MM-dd}}", "events_in_a_minute": 3000}]}"""
            : null;

        await using var run = await MakeAsync("""{"baseline": {"from": "metrics", "window": "3d", "stat": "peak_1m"}}""");
        Assert.Equal(50, run.Scenarios[0].Plan.Baseline);

        _target.Admin = static (_, _) => null;
        Assert.Contains("no events of 't' in the last 7 days", (await Assert.ThrowsAsync<TargetException>(() => MakeAsync("""{"baseline": {"from": "metrics"}}"""))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG51_OnViolationHold_KeepsTheStepUntilItHolds()
    {
        // It fails from the beginning and holds again while the step is kept: at 2 s it would be over.
        _target.Queue = """{"items": [{"tenant": "t", "waiting": 9}]}""";
        await using var run = await MakeAsync("""{"steps": [1], "on_violation": "hold", "conditions": [{"name": "queue", "metric": "queue.events", "op": "<", "value": 8.9, "for_s": 600}]}""");
        run.Progressed = () =>
        {
            if (run.State == RunState.Holding && run.Scenarios[0].Tally.HoldScheduled > 250)
                _target.Queue = """{"items": [{"tenant": "t", "waiting": 1}]}""";
        };

        await run.RunAsync(CancellationToken.None);

        Assert.Equal("", run.EndReason);
        // A hundred a second: more than the hold of 2 s has, less than three times that.
        Assert.InRange(run.Results[0].Scenarios[0].Tally.HoldScheduled, 251, 590);
    }

    [Fact]
    public async Task PLG51_OnViolationHold_EndsAfterThreeTimesTheHold()
    {
        await using var run = await MakeAsync("""{"steps": [1, 2], "hold_s": 1, "check_s": 0.2, "on_violation": "hold", "conditions": [{"name": "queue", "metric": "queue.events", "op": "<", "value": 3}]}""");

        await run.RunAsync(CancellationToken.None);

        Assert.Equal("conditions failed: queue", run.EndReason);
        Assert.InRange(Assert.Single(run.Results).Scenarios[0].Tally.HoldScheduled, 200, 600);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task PLG51_OnViolationAsk_AsksOncePerStepAndDoesWhatIsSaid(bool answer, int steps)
    {
        await using var run = await MakeAsync("""{"hold_s": 1, "check_s": 0.2, "on_violation": "ask", "conditions": [{"name": "queue", "metric": "queue.events", "op": "<", "value": 3, "for_s": 0}]}""");
        var asked = new List<string>();
        run.Ask = reason =>
        {
            asked.Add(reason);
            return Task.FromResult(answer);
        };

        await run.RunAsync(CancellationToken.None);

        Assert.Equal(steps, run.Results.Count);
        Assert.Equal(Enumerable.Repeat("conditions failed: queue", steps), asked);
        Assert.Equal(answer ? "" : "conditions failed: queue", run.EndReason);
    }

    private async Task<GameDayRun> MakeAsync(string more, bool allowsProduction = false) =>
        await new GameDayLauncher(static _ => null, TimeProvider.System).MakeAsync(PlanReader.Read(_target.Plan(more), static _ => null, "."), allowsProduction, CancellationToken.None);
}
