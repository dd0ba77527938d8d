using System.Net.Http.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Control;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay.Tests.Running;

/// <summary>Changes while it runs, over HTTP (plugins-gameday.md §6, §7).</summary>
public sealed class ControlTests : IAsyncLifetime
{
    private readonly GameDayApi _api = new(TimeProvider.System);
    private readonly HttpClient _http = new();
    private FakeTarget _target = null!; // Set before each test.
    private GameDayServer _server = null!; // Set before each test.

    public async Task InitializeAsync()
    {
        _target = await FakeTarget.StartAsync();
        _server = await GameDayServer.StartAsync("127.0.0.1:0", "", _api.HandleAsync);
        _http.BaseAddress = new Uri(_server.Address);
    }

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        await _server.DisposeAsync();
        await _target.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task PLG54_Stop_SilencesTheGeneratorWithinTwoSeconds()
    {
        var id = await StartAsync("""{"hold_s": 60}""");
        await EventsAsync(id, static state => state["scenarios"]![0]!["accepted"]!.GetValue<long>() > 0);
        var asked = TimeProvider.System.GetTimestamp();

        await PostAsync(id, "stop");
        var end = await EventsAsync(id, static state => state["state"]!.ToString() == "done");

        Assert.Equal("stopped over HTTP", end["end_reason"]!.ToString());
        Assert.InRange(TimeProvider.System.GetElapsedTime(asked, _target.LastRequest).TotalSeconds, double.MinValue, 2);
        Assert.Equal("stopped", (await GetAsync($"{id}/report"))["outcome"]!.ToString());
    }

    [Fact]
    public async Task PLG54_Stop_WhileTheTargetAnswersNothing_SilencesAtOnce()
    {
        var id = await StartAsync("""{"hold_s": 60, "steps": [1]}""");
        await EventsAsync(id, static state => state["state"]!.ToString() == "holding");
        var mayAnswer = new TaskCompletionSource();
        _target.AdminMayAnswer = mayAnswer.Task;
        await _target.AdminWaits.Task;

        await PostAsync(id, "stop");

        // The question has not been answered yet.
        Assert.Equal(0, (await GetAsync(id))["scenarios"]![0]!["rate"]!.GetValue<double>());
        mayAnswer.SetResult();
        var end = await EventsAsync(id, static state => state["state"]!.ToString() == "done");
        Assert.Equal("stopped over HTTP", end["end_reason"]!.ToString());
    }

    [Fact]
    public async Task PLG54_StopOfOneThatNeverBegan_EndsItAndMakesRoom()
    {
        for (var i = 0; i < 25; i++)
        {
            var id = await MakeAsync("{}");
            await PostAsync(id, "stop");
            var end = await EventsAsync(id, static state => state["state"]!.ToString() == "done");
            Assert.Equal("stopped over HTTP", end["end_reason"]!.ToString());
            Assert.Equal("stopped", (await GetAsync($"{id}/report"))["outcome"]!.ToString());
        }

        Assert.Empty(_target.Events);
    }

    [Fact]
    public async Task PLG54_PlanThatSaysSomethingTwice_IsRefused()
    {
        using var answer = await _http.PostAsync(new Uri("v1/gamedays", UriKind.Relative), new StringContent("""{"name": "a", "name": "b"}"""));

        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task PLG54_Multiple_IsChangedWhileItRuns()
    {
        var id = await StartAsync("""{"steps": [2], "hold_s": 60}""");
        await EventsAsync(id, static state => state["state"]!.ToString() == "holding");

        await PatchAsync(id, """{"multiple": 5}""");

        // A hundred are once; five times as many come, in whole seconds of which each has fewer or more by a batch.
        var state = await EventsAsync(id, static state => state["scenarios"]![0]!["sent"]!.GetValue<long>() >= 490);
        Assert.Equal(5, state["scenarios"]![0]!["multiple"]!.GetValue<double>());
        Assert.Contains("goes to 5x", (await GetAsync($"{id}/report"))["notes"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG54_Pause_SendsNothingUntilResume()
    {
        var id = await StartAsync("""{"hold_s": 60}""");
        await EventsAsync(id, static state => state["scenarios"]![0]!["accepted"]!.GetValue<long>() > 0);
        await PostAsync(id, "pause");
        await EventsAsync(id, static state => state["state"]!.ToString() == "paused" && state["scenarios"]![0]!["sent"]!.GetValue<long>() == 0);
        var before = _target.Events.Count;

        await PostAsync(id, "resume");
        await EventsAsync(id, static state => state["scenarios"]![0]!["accepted"]!.GetValue<long>() > 0);

        Assert.True(_target.Events.Count > before);
    }

    [Fact]
    public async Task PLG54_Next_EndsTheStep()
    {
        var id = await StartAsync("""{"hold_s": 60}""");
        await EventsAsync(id, static state => state["state"]!.ToString() == "holding");

        await PostAsync(id, "next");

        var state = await EventsAsync(id, static state => state["step"]!.GetValue<int>() == 2);
        Assert.Equal("", state["end_reason"]!.ToString());
    }

    [Fact]
    public async Task PLG54_ClientsBatchAndConditions_AreChangedWhileItRuns()
    {
        var id = await StartAsync("""{"hold_s": 60, "steps": [1]}""");
        await EventsAsync(id, static state => state["state"]!.ToString() == "holding");

        await PatchAsync(id, """{"clients": {"stream": 8}, "batch": {"size": 1}, "conditions": [{"name": "never", "metric": "queue.events", "op": "<", "value": 0, "for_s": 0}]}""");
        var end = await EventsAsync(id, static state => state["state"]!.ToString() == "done");

        Assert.Equal("conditions failed: never", end["end_reason"]!.ToString());
        Assert.Contains("changed: clients, batch", (await GetAsync($"{id}/report"))["notes"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG54_WrongChange_ChangesNothingAndSaysWhy()
    {
        var id = await StartAsync("""{"hold_s": 60}""");

        using var answer = await _http.PatchAsync(new Uri($"v1/gamedays/{id}", UriKind.Relative), new StringContent("""{"multiple": -2, "colour": 1}"""));

        Assert.Equal(422, (int)answer.StatusCode);
        Assert.Equal("colour is unknown; known are multiple, hold_s, conditions, stubs, clients, batch\nmultiple is -2, expected 0 to 100000", JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["detail"]!.ToString());
    }

    [Fact]
    public async Task PLG54_ControlPortGone_EndsItBySilence()
    {
        var id = await StartAsync("""{"hold_s": 60, "steps": [1], "ramp_s": 0.2, "settle_s": 0}""");
        await EventsAsync(id, static state => state["state"]!.ToString() == "holding");

        _target.HasAdmin = false;

        var end = await EventsAsync(id, static state => state["state"]!.ToString() == "done");
        Assert.StartsWith("the control port of try has not answered for 1", end["end_reason"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG54_PagesOfBrowsersAndOtherAddresses_AreKeptOut()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/gamedays");
        request.Headers.Add("Origin", "http://evil.test");
        using var answer = await _http.SendAsync(request);

        Assert.Equal(401, (int)answer.StatusCode);
        await Assert.ThrowsAsync<TargetException>(() => GameDayServer.StartAsync("0.0.0.0:0", "", _api.HandleAsync));
    }

    private async Task<string> StartAsync(string more)
    {
        var id = await MakeAsync(more);
        await PostAsync(id, "start");
        return id;
    }

    private async Task<string> MakeAsync(string more)
    {
        using var made = await _http.PostAsync(new Uri("v1/gamedays", UriKind.Relative), new StringContent(_target.Plan(more).ToJsonString()));
        return JsonNode.Parse(await made.Content.ReadAsStringAsync())!["id"]!.ToString();
    }

    private async Task PostAsync(string id, string what)
    {
        using var answer = await _http.PostAsync(new Uri($"v1/gamedays/{id}/{what}", UriKind.Relative), content: null);
        Assert.Equal(202, (int)answer.StatusCode);
    }

    private async Task PatchAsync(string id, string body)
    {
        using var answer = await _http.PatchAsync(new Uri($"v1/gamedays/{id}", UriKind.Relative), new StringContent(body));
        Assert.Equal(202, (int)answer.StatusCode);
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _http.GetStringAsync(new Uri($"v1/gamedays/{path}", UriKind.Relative)))!;

    /// <summary>Reads its event stream until a state is as it is waited for.</summary>
    private async Task<JsonNode> EventsAsync(string id, Func<JsonNode, bool> isIt)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var reader = new StreamReader(await _http.GetStreamAsync(new Uri($"v1/gamedays/{id}/events", UriKind.Relative), patience.Token));
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal) && JsonNode.Parse(line[6..]) is { } state && isIt(state))
                return state;
        }

        throw new InvalidOperationException("the game day ended and was never as it was waited for");
    }
}
