using GripProxy.Plugins.Redis.Leases;
using GripProxy.Plugins.Redis.Queue;
using GripProxy.Plugins.Redis.Tests.Queue;
using GripProxy.Plugins.Runs;
using GripProxy.Testing;

namespace GripProxy.Plugins.Redis.Tests.Runs;

/// <summary>Long runs of several nodes, over a real Redis (PLG-42, plugins.md §9.4, §12.4).</summary>
public sealed class RedisRunStoreTests : RunStoreContract, IAsyncLifetime
{
    private TestCluster? _cluster;

    private TestCluster Cluster => _cluster!; // Started before each test.

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync();

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    [Fact]
    public async Task PLG42_Run_OfANodeThatIsGone_IsBegunByAnother_AndTheFirstComesTooLate()
    {
        // Its clock stands still, as of a process that is stopped.
        IRunStore stopped = Cluster.OpenRuns("stopped", Time);
        await AddAsync(stopped, "r");
        RunRecord had = (await stopped.BeginAsync(1, [7], [7]))!;
        Assert.True(await stopped.NoteAsync(had with { Last = "5"u8.ToArray(), Progress = 0.5 }));
        await using IRunStore next = Cluster.OpenRuns("next");
        Assert.Equal((RunState.Running, "stopped"), ((await next.FindAsync(1, 1))!.State, (await next.FindAsync(1, 1))!.Node));
        Assert.Null(await next.BeginAsync(1, [7], [7]));

        // As its leases end.
        await Cluster.Redis.AskAsync("DEL", "test:{leases}:l:r1:0");
        RunRecord again = (await next.BeginAsync(1, [7], [7]))!;

        Assert.Equal((1, 2, 0.5, "5", "next"), (again.Id, again.Begun, again.Progress, Text(again.Last), again.Node));
        Assert.True(stopped.IsHeld(had));
        Assert.False(await stopped.NoteAsync(had with { Progress = 0.9 }));
        Assert.Equal(RunLeave.Lost, await stopped.LeaveAsync(had with { State = RunState.Done, Result = "1"u8.ToArray() }));
        Assert.Equal(RunLeave.Stored, await next.LeaveAsync(again with { State = RunState.Done, Result = "2"u8.ToArray() }));
        Assert.Equal("2", Text((await stopped.FindAsync(1, 1))!.Result));
    }

    [Fact]
    public async Task PLG42_Runs_WhoseProcessEnded_AreOneAtATime_OnAllNodesTogether_AlsoWhenOneIsGone()
    {
        IRunStore stopped = Cluster.OpenRuns("stopped", Time);
        await CrashAsync(stopped, 2);
        Assert.Equal(1, (await stopped.BeginAsync(1, [7], [7]))!.Id);
        await using IRunStore next = Cluster.OpenRuns("next");
        Assert.Null(await next.BeginAsync(1, [7], [7]));

        // As its leases end.
        await Cluster.Redis.AskAsync("DEL", "test:{leases}:l:r1:0");
        RunRecord again = (await next.BeginAsync(1, [7], [7]))!;

        Assert.Equal((1, 3, 1), (again.Id, again.Begun, again.Crashes));
        Assert.Null(await next.BeginAsync(1, [7], [7]));
        await next.LeaveAsync(again with { State = RunState.Failed, Crashes = 3 });
        Assert.Equal(2, (await next.BeginAsync(1, [7], [7]))!.Id);
    }

    [Fact]
    public async Task PLG42_Run_WhoseLeaseWasNotRenewed_IsNotHeldAnyMore()
    {
        IRunStore store = Cluster.OpenRuns("a", Time);
        await AddAsync(store, "r");
        RunRecord run = (await store.BeginAsync(1, [7], [7]))!;
        Assert.True(store.IsHeld(run));
        await Cluster.Redis.KillAsync();

        Time.Advance(RedisLeaseStore.Patience);

        Assert.False(store.IsHeld(run));
        Assert.False(await store.NoteAsync(run));
        Assert.Equal(RunLeave.Lost, await store.LeaveAsync(run with { State = RunState.Done }));
    }

    [Fact]
    public async Task PLG42_Run_ThatIsLostHere_BeginsHereAgainOnlyOnceItHasEndedHere()
    {
        IRunStore store = Cluster.OpenRuns("a", Time);
        await AddAsync(store, "r");
        RunRecord had = (await store.BeginAsync(1, [7], [7]))!;
        await using IRunStore other = Cluster.OpenRuns("other");
        await Cluster.Redis.AskAsync("DEL", "test:{leases}:l:r1:0");
        // It takes the place, but has no such plugin ready.
        Assert.Null(await other.BeginAsync(1, [8], [7, 8]));

        Assert.Null(await store.BeginAsync(1, [7], [7]));
        Assert.Equal(RunLeave.Lost, await store.LeaveAsync(had with { State = RunState.Done, Result = "1"u8.ToArray() }));

        RunRecord again = (await store.BeginAsync(1, [7], [7]))!;
        Assert.Equal((1, 2, ""), (again.Id, again.Begun, Text(again.Result)));
        Assert.True(store.IsHeld(again));
    }

    [Fact]
    public async Task PLG42_Runs_OfAllNodesTogether_AreAsManyAsMay()
    {
        IRunStore[] nodes = [Cluster.OpenRuns("a"), Cluster.OpenRuns("b"), Cluster.OpenRuns("c")];
        for (int i = 0; i < 9; i++)
        {
            await AddAsync(nodes[i % 3], "r");
        }

        RunRecord?[] begun = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => nodes[i % 3].BeginAsync(1, [7], [7])));
        List<RunRecord> runs = [.. begun.OfType<RunRecord>()];
        while (await nodes[0].BeginAsync(1, [7], [7]) is { } run)
        {
            runs.Add(run);
        }

        Assert.Equal([1, 2, 3, 4], runs.Select(static run => run.Id).Order());
        await nodes[1].CancelAsync(1, 3);
        Assert.Equal([3], await nodes[2].CancelledAsync(1));
    }

    internal override Task<IRunStore> OpenAsync() => Task.FromResult(Cluster.OpenRuns("a", Time));
}
