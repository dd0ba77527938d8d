using GripProxy.GameDay.Agents;
using GripProxy.GameDay.Control;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Reports;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay.Tests.Agents;

/// <summary>Several generators (plugins-gameday.md §2, §6), each behind a real socket.</summary>
public sealed class AgentTests : IAsyncLifetime
{
    private readonly List<Agent> _agents = [];
    private FakeTarget _target = null!; // Set before each test.

    public async Task InitializeAsync() => _target = await FakeTarget.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var agent in _agents)
            await agent.DisposeAsync();
        await _target.DisposeAsync();
    }

    [Fact]
    public async Task PLG50_TwoAgents_MakeTheRateTogetherAndTheirFiguresAreOne()
    {
        await using var run = await MakeAsync(
            2, """{"conditions": [{"name": "all", "metric": "ingest.accepted_ratio", "op": "==", "value": 1}, {"name": "lost", "metric": "delivery.missing", "op": "==", "value": 0}]}""");

        await run.RunAsync(CancellationToken.None);

        Assert.All(run.Results, static step => Assert.True(step.Held, string.Join(", ", step.Conditions)));
        Assert.Equal(2, run.Results.Count);
        var tallies = run.Results.Select(static step => step.Scenarios[0].Tally).ToList();
        Assert.InRange(tallies[0].Scheduled, 150, 400);
        Assert.True(tallies[1].Scheduled > 1.4 * tallies[0].Scheduled, $"{tallies[1].Scheduled} is not twice {tallies[0].Scheduled}");
        Assert.Equal(_target.Events.Count, tallies.Sum(static tally => tally.Accepted));
        // Each agent has a client on each of the four channels, and measures what it sent itself.
        Assert.All(tallies, static tally => Assert.Equal(tally.Accepted, tally.Received));
        Assert.All(tallies, static tally => Assert.True(tally.Ingest.Count > 0 && tally.Publish.Count > 0));
        var byAgent = _target.Events.CountBy(static one => one["properties"]!["$gd"]!["run"]!.ToString()).Select(static pair => pair.Value).ToList();
        Assert.Equal(2, byAgent.Count);
        Assert.InRange((double)byAgent[0] / byAgent[1], 0.8, 1.25);
        Assert.Equal("held", ReportJson.Of(run)["outcome"]!.ToString());
        Assert.Equal(tallies.Sum(static tally => tally.Scheduled), run.Scenarios[0].Timeline.Sum(static point => point.Sent));
    }

    [Fact]
    public async Task PLG54_AgentWithoutCoordinator_SendsNothingAnyMore()
    {
        var agent = await StartAsync(TimeSpan.FromSeconds(1));
        using var http = new HttpClient { BaseAddress = new Uri(agent.Address) };
        var order = new AgentOrder { Run = "r", Plan = PlanReader.Read(_target.Plan("""{"clients": {}}"""), static _ => null, ".").Scenarios[0] };
        using var begun = await http.PostAsync(new Uri(AgentApi.Root, UriKind.Relative), new ByteArrayContent(order.Write()));
        Assert.True(begun.IsSuccessStatusCode, await begun.Content.ReadAsStringAsync());
        _target.Answer = () =>
        {
            agent.Begun.TrySetResult();
            return 200;
        };

        using var gone = await http.PostAsync(new Uri($"{AgentApi.Root}/r/go", UriKind.Relative), new StringContent("""{"rate": 200}"""));
        await agent.Begun.Task.WaitAsync(TimeSpan.FromSeconds(30));

        // Nobody says anything more.
        await agent.Told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.InRange(TimeProvider.System.GetElapsedTime(_target.LastRequest, agent.ToldAt), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        using var late = await http.PostAsync(new Uri($"{AgentApi.Root}/r/go", UriKind.Relative), new StringContent("""{"rate": 200}"""));
        Assert.Equal(404, (int)late.StatusCode);
    }

    [Fact]
    public async Task PLG54_AgentThatIsLost_EndsTheGameDayWithAReport()
    {
        await using var run = await MakeAsync(2, """{"hold_s": 60, "steps": [1], "ramp_s": 0, "settle_s": 1}""");
        var isOver = false;
        run.Progressed = () =>
        {
            if (run.State == RunState.Holding && !isOver)
            {
                isOver = true;
                _agents[1].DisposeAsync().AsTask().Wait();
            }
        };

        await run.RunAsync(CancellationToken.None);

        Assert.StartsWith($"the worker {new Uri(_agents[1].Address).Authority} does not answer any more", run.EndReason, StringComparison.Ordinal);
        Assert.Equal(RunState.Done, run.State);
        Assert.Equal("stopped", ReportJson.Of(run)["outcome"]!.ToString());
        Assert.True(Assert.Single(run.Results).Scenarios[0].Tally.Accepted > 0);
    }

    [Fact]
    public async Task PLG54_AgentThatIsNotThere_IsSaidBeforeAnythingIsSent()
    {
        await using var run = await MakeAsync(1, "{}");
        await _agents[0].DisposeAsync();

        var e = await Assert.ThrowsAsync<TargetException>(() => run.RunAsync(CancellationToken.None));

        Assert.StartsWith($"the worker {new Uri(_agents[0].Address).Authority} cannot begin", e.Message, StringComparison.Ordinal);
        Assert.Empty(_target.Events);
    }

    [Fact]
    public async Task PLG52_Recording_GoesToAgentsAnonymised()
    {
        var folder = Directory.CreateTempSubdirectory("gripproxy-agents-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "in.ndjson"), """{"event": "seen", "distinct_id": "anna@shop.test", "properties": {"note": "from anna@shop.test"}}""");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "anon.json"), """{"fields": [{"path": "properties.note", "do": "keep"}]}""");
            await using var run = await MakeAsync(
                1, """{"steps": [1], "source": {"kind": "recorded", "files": "in.ndjson", "anonymise": "anon.json"}, "clients": {"stream": 1, "channels": ["events.seen"]}}""", folder.FullName);

            await run.RunAsync(CancellationToken.None);

            Assert.NotEmpty(_target.Events);
            Assert.All(_target.Events, static one => Assert.Equal("from [email]", one["properties"]!["note"]!.ToString()));
            Assert.DoesNotContain("anna", _target.Events.First().ToJsonString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task PLG50_Order_IsReadAsItWasWritten()
    {
        var plan = PlanReader.Read(
            _target.Plan("""
                {"shape": "burst", "connections": 7, "batch": {"size": 3, "path": "/v1/events"}, "source": {"kind": "synthetic", "events": ["a b", "c\"d"], "users": 5, "bytes": 9},
                 "clients": {"stream": 5, "ws": 4, "long_poll": 3, "multiply": true, "channels": ["x.*", "y"]},
                 "stubs": [{"name": "s", "listen": "x.*", "transport": "ws", "open": 0.25, "click": 0.5, "open_delay_s": [1, 2], "click_delay_s": [3, 4], "user_path": "a.b", "opened_event": "o",
                            "clicked_event": "k", "slow_bytes_per_s": 6, "flap_s": 7}, {"name": "h", "webhook": "127.0.0.1:9", "fail": 0.1, "fail_status": 503}]}
                """),
            static _ => null, ".").Scenarios[0];
        var share = new WorkerShare(new Uri("http://127.0.0.1:1"), "", 1, 2);
        var written = new AgentOrder { Run = "r.1", Plan = share.Of(plan) with { Stubs = plan.Stubs, Shape = LoadShape.Recorded } };

        var (order, source) = await AgentOrder.ReadAsync(new MemoryStream(written.Write()), CancellationToken.None);

        Assert.Equal(ScenarioWriter.Write(written.Plan).ToJsonString(), ScenarioWriter.Write(order.Plan).ToJsonString());
        Assert.Equal(("r.1", LoadShape.Recorded, 7), (order.Run, order.Plan.Shape, order.Plan.Connections));
        Assert.Equal((2, 2, 1, 7), (order.Plan.Clients.Stream, order.Plan.Clients.WebSocket, order.Plan.Clients.LongPoll, order.Plan.Clients.FirstChannel));
        Assert.Equal(["a b", "c\"d"], source.Names);
        Assert.Equal(plan.Stubs[0] with { Listen = [] }, order.Plan.Stubs[0] with { Listen = plan.Stubs[0].Listen } with { Listen = [] });
    }

    [Fact]
    public async Task PLG54_Agent_WantsItsToken()
    {
        var agent = await StartAsync(AgentApi.Patience, "secret-of-agents");
        var plan = PlanReader.Read(_target.Plan("""{"steps": [1], "hold_s": 1, "ramp_s": 0}"""), static _ => null, ".");

        await using var stranger = await new GameDayLauncher(static _ => null, TimeProvider.System, WorkerShare.Read([new Uri(agent.Address).Authority], "")).MakeAsync(plan, false, CancellationToken.None);
        Assert.Contains("401", (await Assert.ThrowsAsync<TargetException>(() => stranger.RunAsync(CancellationToken.None))).Message, StringComparison.Ordinal);

        await using var run = await new GameDayLauncher(static _ => null, TimeProvider.System, WorkerShare.Read([new Uri(agent.Address).Authority], "secret-of-agents")).MakeAsync(plan, false, CancellationToken.None);
        await run.RunAsync(CancellationToken.None);
        Assert.NotEmpty(_target.Events);
    }

    [Theory]
    [InlineData("nowhere", "--workers has 'nowhere', expected host:port")]
    [InlineData("a:1/b", "--workers has 'a:1/b', expected host:port")]
    public void PLG50_WorkersThatAreNoAddresses_AreSaid(string worker, string problem) =>
        Assert.Equal(problem, Assert.Throws<PlanException>(() => WorkerShare.Read([worker], "")).Message);

    private async Task<Agent> StartAsync(TimeSpan patience, string token = "")
    {
        var agent = await Agent.StartAsync(patience, token);
        _agents.Add(agent);
        return agent;
    }

    private async Task<GameDayRun> MakeAsync(int agents, string more, string folder = ".")
    {
        var workers = new List<string>();
        for (var i = 0; i < agents; i++)
            workers.Add(new Uri((await StartAsync(AgentApi.Patience)).Address).Authority);
        return await new GameDayLauncher(static _ => null, TimeProvider.System, WorkerShare.Read(workers, "")).MakeAsync(PlanReader.Read(_target.Plan(more), static _ => null, folder), false, CancellationToken.None);
    }

    private sealed class Agent : IAsyncDisposable
    {
        private AgentApi _api = null!; // Set when it starts, as the server.
        private GameDayServer _server = null!;
        private bool _isDisposed;

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long ToldAt { get; private set; }

        public string Address { get; private set; } = "";

        public static async Task<Agent> StartAsync(TimeSpan patience, string token)
        {
            var made = new Agent();
            made._api = new AgentApi(made.Tell, TimeProvider.System, patience);
            made._api.Start();
            made._server = await GameDayServer.StartAsync("127.0.0.1:0", token, made._api.HandleAsync);
            made.Address = made._server.Address;
            return made;
        }

        public async ValueTask DisposeAsync()
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            await _server.DisposeAsync();
            await _api.DisposeAsync();
        }

        private void Tell(string line)
        {
            if (!line.Contains("nothing was heard", StringComparison.Ordinal))
                return;
            ToldAt = TimeProvider.System.GetTimestamp();
            Told.TrySetResult();
        }
    }
}
