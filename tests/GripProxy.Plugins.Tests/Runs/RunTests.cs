using System.Text;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tests.Fleet;

namespace GripProxy.Plugins.Tests.Runs;

/// <summary>Long runs over real cells and a real store (PLG-42).</summary>
public sealed class RunTests : IAsyncLifetime
{
    private const string Source = """
        const exit = async () => (await Function("return import('node:process')")()).exit(3)
        const aborted = (run) => new Promise((resolve) => run.signal.addEventListener('abort', () => resolve(run.cancelled)))
        export const runs = {
          add: async (payload, { tenant }, run) => { await run.progress(0.5, 'half way'); return { sum: payload.a + payload.b, tenant: tenant.name } },
          fail: async () => { throw new RangeError('too far') },
          wait: async (payload, meta, run) => { await run.checkpoint({ at: 7 }); await run.progress(0.1, 'waiting'); return await aborted(run) },
          deaf: async (payload, meta, run) => { await run.progress(0.1, 'waiting'); await new Promise(() => {}) },
          once: async (payload, meta, run) => {
            if (run.last) return run.last
            await run.checkpoint({ at: 7 })
            await exit()
          },
          always: exit,
          beside: async (payload, meta, run) => {
            if (!run.last) {
              await run.checkpoint({})
              while (victims === 0) await new Promise((resolve) => setTimeout(resolve, 5))
            }
            await exit()
          },
          victim: async (payload, meta, run) => {
            if (!run.last) {
              await run.checkpoint({})
              victims++
              return await aborted(run)
            }
            await new Promise((resolve) => setTimeout(resolve, 500))
            return 'kept'
          },
        }
        export async function processEvent(event, { runs }) {
          event.properties.run = await runs.start('add', { a: 1, b: event.properties.n })
          event.properties.refused = await runs.start('nothing').catch((error) => error.message)
          return event
        }
        let victims = 0
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private TestFleet _fleet = new();

    private TenantRuns Runs => _fleet.Fleet.WorkOf(1)!.Runs!;

    public Task InitializeAsync() => StartAsync(Source);

    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task PLG42_Run_TellsItsProgressAndGivesAResult()
    {
        var run = await EndedAsync(await BeginAsync("add", """{"a":1,"b":2}"""));

        Assert.Equal(RunState.Done, run.State);
        Assert.Equal("""{"sum":3,"tenant":"acme"}""", Text(run.Result));
        Assert.Equal("half way", run.Text);
        Assert.Equal(1, run.Progress);
        Assert.Equal((1, 0), (run.Begun, run.Crashes));
        Assert.True(run.Created <= run.Started && run.Started <= run.Ended);
    }

    [Fact]
    public async Task PLG42_RunThatThrows_Fails()
    {
        var run = await EndedAsync(await BeginAsync("fail"));

        Assert.Equal(RunState.Failed, run.State);
        Assert.Equal("RangeError: too far", run.Error);
        Assert.Contains("index.js:5", run.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG42_Runs_HaveACellOfTheirOwn()
    {
        await _fleet.InstallAsync(2, "export const setupPlugin = () => { throw new Error('has no runs and is not wanted there') }", enabled: false);
        var id = await BeginAsync("wait");
        await UntilAsync(id, static run => run.Text == "waiting");
        await _fleet.SendAsync("anna", 1);
        await _fleet.PublishedAsync("acme.events.e", 1);

        Assert.NotEqual(_fleet.Fleet.KeeperOf(1)!.Running!.Cell.Id, Runs.Keeper.Running!.Cell.Id);
        Assert.Equal([1], Runs.Keeper.Installs.Select(status => status.Install.Number));
    }

    [Fact]
    public async Task PLG42_Cancel_TellsTheRunAndEndsIt()
    {
        var id = await BeginAsync("wait");
        await UntilAsync(id, static run => run.Text == "waiting");

        await Runs.CancelAsync(id);

        var run = await EndedAsync(id);
        Assert.Equal(RunState.Cancelled, run.State);
        Assert.Null(await Runs.CancelAsync(99));
        Assert.Equal(RunState.Cancelled, (await Runs.CancelAsync(id))!.State);
    }

    [Fact]
    public async Task PLG42_FourAtATime_AndTheNextOneWaits()
    {
        long[] first = [await BeginAsync("wait"), await BeginAsync("wait"), await BeginAsync("wait"), await BeginAsync("wait")];
        foreach (var id in first)
            await UntilAsync(id, static run => run.Text == "waiting");
        var (fifth, sixth) = (await BeginAsync("add", """{"a":1,"b":2}"""), await BeginAsync("add"));

        Assert.Equal(RunState.Queued, (await Runs.FindAsync(fifth))!.State);
        Assert.Equal(RunState.Cancelled, (await Runs.CancelAsync(sixth))!.State);
        await Runs.CancelAsync(first[0]);

        Assert.Equal(RunState.Done, (await EndedAsync(fifth)).State);
        Assert.Equal([fifth, .. first[1..].Reverse()], (await Runs.ListAsync(install: 1, state: null, before: sixth, limit: 4)).Select(run => run.Id));
        Assert.Equal(first[1..].Reverse(), (await Runs.ListAsync(install: null, RunState.Running, before: null, limit: 10)).Select(run => run.Id));
    }

    [Fact]
    public async Task PLG42_RunWhoseProcessEnds_BeginsAgainWithWhatItLeft()
    {
        var run = await EndedAsync(await BeginAsync("once"));

        Assert.Equal(RunState.Done, run.State);
        Assert.Equal("""{"at":7}""", Text(run.Result));
        Assert.Equal((2, 1), (run.Begun, run.Crashes));
    }

    [Fact]
    public async Task PLG42_RunWhoseProcessEndsAgainAndAgain_Fails()
    {
        var run = await EndedAsync(await BeginAsync("always"));

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith("crashed_worker", run.Error, StringComparison.Ordinal);
        Assert.Equal((3, 3), (run.Begun, run.Crashes));
    }

    [Fact]
    public async Task PLG42_RunBesideOneThatEndsTheirProcessAgainAndAgain_IsBlamedForItOnce()
    {
        var (culprit, victim) = (await BeginAsync("beside"), await BeginAsync("victim"));

        var kept = await EndedAsync(victim);
        var failed = await EndedAsync(culprit);

        Assert.Equal((RunState.Done, "\"kept\"", 2, 1), (kept.State, Text(kept.Result), kept.Begun, kept.Crashes));
        Assert.Equal((RunState.Failed, 3, 3), (failed.State, failed.Begun, failed.Crashes));
    }

    [Fact]
    public async Task PLG42_PluginItself_BeginsARun()
    {
        await _fleet.SendAsync("anna", 41);

        var item = Assert.Single(await _fleet.PublishedAsync("acme.events.e", 1));
        var run = await EndedAsync((long)item["properties"]!["run"]!);
        Assert.Equal("""{"sum":42,"tenant":"acme"}""", Text(run.Result));
        Assert.Equal("the plugin has no run nothing", (string?)item["properties"]!["refused"]);
    }

    [Fact]
    public async Task PLG42_RunOfAPluginThatIsOff_WaitsForIt()
    {
        await _fleet.SwitchAsync(1, enabled: false);
        var id = await BeginAsync("add", """{"a":1,"b":2}""");
        Assert.Equal(RunState.Queued, (await Runs.FindAsync(id))!.State);

        await _fleet.SwitchAsync(1, enabled: true);

        Assert.Equal(RunState.Done, (await EndedAsync(id)).State);
    }

    [Fact]
    public async Task PLG42_AnotherVersion_GoesOnWithWhatTheRunLeft()
    {
        var id = await BeginAsync("wait");
        await UntilAsync(id, static run => run.Text == "waiting");

        await _fleet.InstallAsync(1, "export const runs = { wait: async (payload, meta, run) => ({ version: 2, last: run.last }) }");

        var run = await EndedAsync(id);
        Assert.Equal("""{"version":2,"last":{"at":7}}""", Text(run.Result));
        Assert.Equal((2, 0), (run.Begun, run.Crashes));
    }

    [Fact]
    public async Task PLG42_RunOfAPluginThatIsGone_Fails()
    {
        await _fleet.SwitchAsync(1, enabled: false);
        var id = await BeginAsync("add");

        await _fleet.UpdateAsync(static state => state.Without(state.FindInstall(1, 1)!));

        Assert.Equal("the plugin is not installed any more", (await EndedAsync(id)).Error);
    }

    [Fact]
    public async Task PLG42_RunOfAPluginThatIsGone_FailsOnceThatCanBeStored()
    {
        var refusals = 2;
        await _fleet.DisposeAsync();
        _fleet = new TestFleet
        {
            RunStore = store => new RunStoreInFront(store)
            {
                Leaving = _ =>
                {
                    if (Interlocked.Decrement(ref refusals) >= 0)
                        throw new StateUnavailableException("the disk is full");
                },
            },
        };
        await StartAsync(Source);
        await _fleet.SwitchAsync(1, enabled: false);
        var id = await BeginAsync("add");

        await _fleet.UpdateAsync(static state => state.Without(state.FindInstall(1, 1)!));

        Assert.Equal("the plugin is not installed any more", (await EndedAsync(id)).Error);
    }

    [Fact]
    public async Task PLG42_RunThatTakesTooLong_Fails()
    {
        await _fleet.DisposeAsync();
        _fleet = new TestFleet { RunLimit = TimeSpan.FromMilliseconds(200) };
        await StartAsync(Source);

        var run = await EndedAsync(await BeginAsync("deaf"));

        Assert.Equal("TimeoutError: runs.deaf took longer than 0.2 seconds", run.Error);
    }

    private async Task StartAsync(string source)
    {
        await _fleet.StartAsync();
        await _fleet.InstallAsync(1, source);
        await _fleet.UntilAsync(1, InstallState.Enabled);
    }

    private async Task<long> BeginAsync(string name, string payload = "null") => (await Runs.AddAsync(1, name, Encoding.UTF8.GetBytes(payload)))!.Id; // Nothing else waits.

    private Task<RunRecord> EndedAsync(long id) => UntilAsync(id, static run => run.IsOver);

    private async Task<RunRecord> UntilAsync(long id, Func<RunRecord, bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var run = (await Runs.FindAsync(id))!; // It was begun.
            if (holds(run))
                return run;
            Assert.False(patience.IsCancellationRequested, $"run {run.Name} is {run.State}: {run.Text} {run.Error}");
            await Task.Yield();
        }
    }

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);
}
