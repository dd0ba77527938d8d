using GripProxy.Plugins.Queue;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Switches;
using GripProxy.Plugins.Tests.Events;
using GripProxy.Plugins.Tests.Fleet;
using GripProxy.Plugins.Tests.Post;

namespace GripProxy.Plugins.Tests.Switches;

/// <summary>What operational switches do to the work (PLG-56).</summary>
public sealed class SwitchedWorkTests
{
    private const string Marks = "export function processEvent(event) { event.properties.met = true; return event }";

    [Fact]
    public async Task PLG56_BypassAndPauseOfTheChain_EventsPassByThePluginsOrWait_AndNoneIsLost()
    {
        await using var fleet = new TestFleet();
        await fleet.StartAsync();
        await fleet.InstallAsync(1, Marks);
        await fleet.UntilAsync(1, InstallState.Enabled);

        await TurnAsync(fleet, SwitchName.BypassPlugins, on: true);
        await fleet.SendAsync("a", 1);
        var passed = await fleet.PublishedAsync("acme.events.e", 1);
        await TestStage.UntilAsync(() => fleet.Queue.Usage(1).Events == 0);
        await TurnAsync(fleet, SwitchName.PauseChain, on: true);
        await fleet.SendAsync("a", 2);
        // Whoever it had been for would have been told before the switches are turned.
        await TurnAsync(fleet, SwitchName.BypassPlugins, on: false);
        Assert.Equal(1, fleet.Queue.Usage(1).Events);
        await TurnAsync(fleet, SwitchName.PauseChain, on: false);
        var waited = await fleet.PublishedAsync("acme.events.e", 2);

        Assert.Null(passed[0]["properties"]!["met"]);
        Assert.True((bool)waited[1]["properties"]!["met"]!);
    }

    [Fact]
    public async Task PLG56_PausePost_WorkWaits_AndJobsGoOn()
    {
        var calls = new FakeCalls().With(1, ["onEvent"], jobs: ["job"]);
        await using var stage = new TestStage(calls) { Switched = SwitchName.PausePost };
        stage.Stage.Start();

        await stage.PublishedAsync("e");
        await stage.Jobs.AddAsync(1, "job", "1"u8.ToArray(), stage.Time.GetUtcNow());
        Assert.Equal("jobs.job", (await calls.CalledAsync()).Method);
        await stage.WaitingAsync(PostLine.Events, static _ => true);
        Assert.False(calls.HasMore);
        stage.Switched = "";
        stage.Stage.Look();

        Assert.Equal("onEvent", (await calls.CalledAsync()).Method);
        await stage.EmptyAsync();
    }

    [Fact]
    public async Task PLG56_ShedIngest_SendersOfWhatItIsAboutComeBackLater_AllElseIsTaken()
    {
        await using var server = await IngestServer.StartAsync();
        server.Shed = new IngestShedding(new SwitchRecord { Name = SwitchName.ShedIngest, Tenant = "acme", EventPrefix = "$auto" });

        var shed = await server.PostAsync("/capture", $$"""{"api_key":"{{IngestServer.Key}}","event":"$autocapture","distinct_id":"a"}""");
        var mixed = await server.PostAsync(
            "/batch", $$"""{"api_key":"{{IngestServer.Key}}","batch":[{"event":"$autocapture","distinct_id":"a"},{"event":"bought","distinct_id":"a"}]}""");
        var other = await server.PostAsync("/capture", $$"""{"api_key":"{{IngestServer.Limited}}","event":"$autocapture","distinct_id":"a"}""");

        Assert.Equal((429, "shed", "30"), (shed.Status, shed.Code, shed.RetryAfter));
        Assert.Equal(200, mixed.Status);
        Assert.Contains("shed", mixed.Text, StringComparison.Ordinal);
        Assert.Equal(200, other.Status);
        Assert.Equal(["bought"], (await server.WaitingAsync()).Select(one => (string)one["event"]!));
    }

    private static Task TurnAsync(TestFleet fleet, string name, bool on)
    {
        var record = new SwitchRecord { Name = name };
        return fleet.UpdateAsync(state => on ? state.With(record) : state.Without(record));
    }
}
