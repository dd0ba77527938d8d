using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Runs;

/// <summary>The runs of a node that is alone (PLG-42), and what is kept of them.</summary>
public sealed class SqliteRunStoreTests : RunStoreContract, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task PLG42_Run_WhoseProcessEnded_WaitsAgain()
    {
        await using (IRunStore store = await OpenAsync())
        {
            await AddAsync(store, "r");
            var begun = (await store.BeginAsync(1, [7], [7]))!;
            await store.NoteAsync(begun with { Last = "2"u8.ToArray(), Progress = 0.5 });
        }

        await using var next = await OpenAsync();

        Assert.Equal(RunState.Queued, (await next.FindAsync(1, 1))!.State);
        var again = (await next.BeginAsync(1, [7], [7]))!;
        Assert.Equal((2, 0.5, "2"), (again.Begun, again.Progress, Text(again.Last)));
    }

    [Fact]
    public void PLG42_Trim_KeepsTheNewestThatAreOver()
    {
        using var database = new RunDatabase(_folder.File("trim.db"));
        RunRecord Add(int tenant = 1) => database.Add(new RunRecord { Tenant = tenant, Install = 1, Name = "r", Payload = new byte[10], Created = Time.GetUtcNow() });
        var open = Add();
        var over = Enumerable.Range(0, 4).Select(_ => Add()).ToList();
        over.ForEach(run => database.Update(run with { State = RunState.Done }));
        var others = Add(tenant: 2);
        database.Update(others with { State = RunState.Failed });

        database.Trim(1, keep: 3, keepBytes: 25);

        Assert.Equal([over[3].Id, over[2].Id, open.Id], database.List(1, null, null, null, 10).Select(run => run.Id));
        Assert.NotNull(database.Find(2, others.Id));
    }

    [Fact]
    public void PLG42_ResultThatIsTooLarge_Fails()
    {
        var record = new RunRecord { Tenant = 1, Install = 1, Name = "r", Payload = default, Created = Time.GetUtcNow() };
        var run = new OpenRun(record, new Install { Number = 1, Name = "p", Package = null! }); // Not looked at.

        var verdict = RunVerdict.Of(run, new CallResult(new byte[(1024 * 1024) + 1], null), status: null);

        Assert.Equal((RunState.Failed, "the result may have 1 MiB of JSON"), (verdict.Record.State, verdict.Record.Error));
        Assert.Null(verdict.Again);
    }

    internal override Task<IRunStore> OpenAsync() => Task.FromResult<IRunStore>(new SqliteRunStore(new RunDatabase(_folder.File("runs.db")), Time));
}
