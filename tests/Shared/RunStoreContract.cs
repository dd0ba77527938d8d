using System.Text;
using GripProxy.Plugins.Runs;

namespace GripProxy.Testing;

/// <summary>What every store of long runs does (plugins.md §9.4, PLG-42).</summary>
public abstract class RunStoreContract
{
    /// <summary>The clock of the stores.</summary>
    protected ManualTime Time { get; } = new();

    /// <summary>The store of this test; each call opens it anew, after the process before it has ended.</summary>
    internal abstract Task<IRunStore> OpenAsync();

    [Fact]
    public async Task PLG42_Run_IsBegunNotedAndLeft_AndIsThereAgain()
    {
        await using (IRunStore store = await OpenAsync())
        {
            RunRecord added = (await AddAsync(store, "copy", "{\"a\":1}"))!;
            Assert.Equal((1, RunState.Queued), (added.Id, added.State));
            RunRecord begun = (await store.BeginAsync(1, [7], [7]))!;
            Assert.Equal((1, RunState.Running, 1, Time.GetUtcNow()), (begun.Id, begun.State, begun.Begun, begun.Started!.Value));
            Assert.Equal("{\"a\":1}", Text(begun.Payload));
            Assert.True(await store.NoteAsync(begun with { Progress = 0.25, Text = "ein Viertel ✓", Last = "{\"at\":7}"u8.ToArray() }));
            RunRecord shown = (await store.FindAsync(1, 1))!;
            Assert.Equal((RunState.Running, 0.25, "ein Viertel ✓", "{\"at\":7}"), (shown.State, shown.Progress, shown.Text, Text(shown.Last)));

            RunRecord done = shown with { State = RunState.Done, Result = "[2]"u8.ToArray(), Ended = Time.GetUtcNow().AddSeconds(5) };
            Assert.Equal(RunLeave.Stored, await store.LeaveAsync(done));
            Assert.Equal(RunLeave.Lost, await store.LeaveAsync(done));
            Assert.False(await store.NoteAsync(done));
            Assert.False(await store.CancelAsync(1, 1));
        }

        await using IRunStore again = await OpenAsync();
        RunRecord kept = (await again.FindAsync(1, 1))!;
        Assert.Equal((RunState.Done, "[2]", "{\"at\":7}", Time.GetUtcNow().AddSeconds(5)), (kept.State, Text(kept.Result), Text(kept.Last), kept.Ended!.Value));
        Assert.Null(await again.FindAsync(2, 1));
        Assert.Null(await again.FindAsync(1, 2));
    }

    [Fact]
    public async Task PLG42_Runs_BeginInTheirOrder_AsManyAsMay()
    {
        await using IRunStore store = await OpenAsync();
        await AddAsync(store, "other", install: 8);
        for (int i = 0; i < 6; i++)
        {
            await AddAsync(store, "r");
        }

        List<RunRecord> begun = [];
        while (await store.BeginAsync(1, [7], [7, 8]) is { } run)
        {
            begun.Add(run);
        }

        Assert.Equal([2, 3, 4, 5], begun.Select(static run => run.Id));
        await AddAsync(store, "r", tenant: 2);
        Assert.NotNull(await store.BeginAsync(2, [7], [7]));
        await store.LeaveAsync(begun[1] with { State = RunState.Failed, Error = "no" });
        Assert.Equal(1, (await store.BeginAsync(1, [7, 8], [7, 8]))!.Id);
    }

    [Fact]
    public async Task PLG42_Run_ThatWaitsAgain_BeginsWhenItsTimeHasCome_WithWhatItLeft()
    {
        await using IRunStore store = await OpenAsync();
        await AddAsync(store, "r");
        RunRecord run = (await store.BeginAsync(1, [7], [7]))!;

        await store.LeaveAsync(run with { State = RunState.Queued, Last = "3"u8.ToArray(), Crashes = 1, NotBefore = Time.GetUtcNow().AddSeconds(1) });

        Assert.Null(await store.BeginAsync(1, [7], [7]));
        Time.Advance(TimeSpan.FromSeconds(1));
        RunRecord again = (await store.BeginAsync(1, [7], [7]))!;
        Assert.Equal((2, 1, "3"), (again.Begun, again.Crashes, Text(again.Last)));
    }

    [Fact]
    public async Task PLG42_Runs_WhoseProcessEnded_BeginAgainOneAtATime_AndOthersBesideThem()
    {
        await using (IRunStore store = await OpenAsync())
        {
            await CrashAsync(store, 2);
            await AddAsync(store, "fresh");
        }

        await using IRunStore again = await OpenAsync();
        RunRecord first = (await again.BeginAsync(1, [7], [7]))!;
        Assert.Equal((1, 1), (first.Id, first.Crashes));
        Assert.Equal(3, (await again.BeginAsync(1, [7], [7]))!.Id);
        Assert.Null(await again.BeginAsync(1, [7], [7]));
        await CrashAsync(again, 1, tenant: 2);
        Assert.NotNull(await again.BeginAsync(2, [7], [7]));

        await again.LeaveAsync(first with { State = RunState.Queued, Crashes = 2, NotBefore = Time.GetUtcNow().AddSeconds(5) });
        RunRecord second = (await again.BeginAsync(1, [7], [7]))!;
        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((2, 1), (second.Id, second.Crashes));
        Assert.Null(await again.BeginAsync(1, [7], [7]));
        await again.LeaveAsync(second with { State = RunState.Done });
        Assert.Equal(1, (await again.BeginAsync(1, [7], [7]))!.Id);
    }

    [Fact]
    public async Task PLG42_Run_OfAnInstallThatIsGone_IsGivenOut_SoThatItEnds()
    {
        await using IRunStore store = await OpenAsync();
        await AddAsync(store, "r");
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(await store.BeginAsync(1, [], [7]));
        Assert.Equal(1, (await store.BeginAsync(1, [], []))!.Id);
    }

    [Fact]
    public async Task PLG42_Cancel_EndsWhatWaits_AndMarksWhatIsUnderWay()
    {
        await using IRunStore store = await OpenAsync();
        await AddAsync(store, "under");
        await AddAsync(store, "waits");
        RunRecord under = (await store.BeginAsync(1, [7], [7]))!;

        Assert.True(await store.CancelAsync(1, 1));
        Assert.True(await store.CancelAsync(1, 2));
        Assert.False(await store.CancelAsync(1, 3));

        Assert.Equal([1], await store.CancelledAsync(1));
        Assert.Equal((RunState.Cancelled, Time.GetUtcNow()), ((await store.FindAsync(1, 2))!.State, (await store.FindAsync(1, 2))!.Ended!.Value));
        Assert.Equal(RunLeave.Cancelled, await store.LeaveAsync(under with { State = RunState.Queued }));
        Assert.Equal(RunLeave.Stored, await store.LeaveAsync(under with { State = RunState.Cancelled, Ended = Time.GetUtcNow() }));
        Assert.Empty(await store.CancelledAsync(1));
        Assert.Null(await store.BeginAsync(1, [7], [7]));
    }

    [Fact]
    public async Task PLG42_List_IsTheNewestFirst_ByPluginAndState_WithoutWhatIsLarge()
    {
        await using IRunStore store = await OpenAsync();
        for (int i = 0; i < 5; i++)
        {
            await AddAsync(store, "r", "[1,2,3]", install: 7 + (i % 2));
        }

        RunRecord begun = (await store.BeginAsync(1, [7], [7, 8]))!;
        await store.LeaveAsync(begun with { State = RunState.Done, Result = "1"u8.ToArray() });
        await store.BeginAsync(1, [8], [7, 8]);

        Assert.Equal("5 Queued,4 Queued,3 Queued,2 Running,1 Done", Listed(await store.ListAsync(1, null, null, null, 10)));
        Assert.Equal("4 Queued,2 Running", Listed(await store.ListAsync(1, 8, null, null, 10)));
        Assert.Equal("2 Running", Listed(await store.ListAsync(1, null, RunState.Running, null, 10)));
        Assert.Equal("3 Queued,2 Running", Listed(await store.ListAsync(1, null, null, before: 4, limit: 2)));
        Assert.All(await store.ListAsync(1, null, null, null, 10), static run => Assert.Equal(0, run.Payload.Length + run.Result.Length));
    }

    [Fact]
    public async Task PLG42_Add_MoreThanMayWait_IsRefused()
    {
        await using IRunStore store = await OpenAsync();
        string payload = new(' ', RunOperations.ValueBytes);
        for (int i = 0; i < 64; i++)
        {
            Assert.NotNull(await AddAsync(store, "r", payload));
        }

        Assert.Null(await AddAsync(store, "r", "1"));
        Assert.NotNull(await AddAsync(store, "r", "1", tenant: 2));
        await store.CancelAsync(1, 64);
        Assert.NotNull(await AddAsync(store, "r", "1"));
        for (int i = 1; i < IRunStore.MostOpen; i++)
        {
            Assert.NotNull(await AddAsync(store, "r", "", tenant: 2));
        }

        Assert.Null(await AddAsync(store, "r", "", tenant: 2));
    }

    /// <summary>Stores a run of the tenant.</summary>
    private protected Task<RunRecord?> AddAsync(IRunStore store, string name, string payload = "null", int install = 7, int tenant = 1) =>
        store.AddAsync(new RunRecord { Tenant = tenant, Install = install, Name = name, Payload = Encoding.UTF8.GetBytes(payload), Created = Time.GetUtcNow() });

    /// <summary>Begins so many runs of the tenant; their process ends, and they wait again.</summary>
    private protected async Task CrashAsync(IRunStore store, int count, int tenant = 1)
    {
        List<RunRecord> under = [];
        for (int i = 0; i < count; i++)
        {
            await AddAsync(store, "r", tenant: tenant);
            under.Add((await store.BeginAsync(tenant, [7], [7]))!);
        }

        foreach (RunRecord run in under)
        {
            Assert.Equal(RunLeave.Stored, await store.LeaveAsync(run with { State = RunState.Queued, Crashes = 1 }));
        }
    }

    private protected static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    private static string Listed(IEnumerable<RunRecord> runs) => string.Join(',', runs.Select(static run => $"{run.Id} {run.State}"));
}
