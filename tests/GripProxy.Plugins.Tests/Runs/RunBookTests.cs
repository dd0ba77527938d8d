using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Runs;

/// <summary>What is kept of long runs (PLG-42), and how much.</summary>
public sealed class RunBookTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RunDatabase _database;
    private readonly RunBook _book;

    public RunBookTests()
    {
        _database = new RunDatabase(_folder.File("runs.db"));
        _book = Book(tenant: 1);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void PLG42_Add_MoreThanMayWait_IsRefused()
    {
        var payload = new byte[RunOperations.ValueBytes];
        for (var i = 0; i < 64; i++)
            Assert.NotNull(_book.Add(1, "r", payload));

        Assert.Null(_book.Add(1, "r", payload));
        Assert.NotNull(Book(tenant: 2).Add(1, "r", payload));
        for (var i = 64; i < 1000; i++)
            Assert.NotNull(_book.Add(1, "r", default));
        Assert.Null(_book.Add(1, "r", default));
    }

    [Fact]
    public void PLG42_Trim_KeepsTheNewestThatAreOver()
    {
        var open = _book.Add(1, "open", new byte[10])!;
        var over = Enumerable.Range(0, 4).Select(_ => _book.Add(1, "over", new byte[10])!).ToList();
        foreach (var run in over)
            _book.End(_book.FindOpen(run.Id)!, run with { State = RunState.Done });
        var others = Book(tenant: 2).Add(1, "others", new byte[10])!;
        _database.Update(others with { State = RunState.Failed });

        _database.Trim(1, keep: 3, keepBytes: 25);

        Assert.All(_book.List(null, null, null, 10), run => Assert.Equal(run.IsOver ? 0 : open.Payload.Length, run.Payload.Length));
        Assert.Equal([over[3].Id, over[2].Id, open.Id], _book.List(null, null, null, 10).Select(run => run.Id));
        Assert.NotNull(_database.Find(2, others.Id));
    }

    [Fact]
    public void PLG42_Open_AfterTheProcessEnded_WaitsAgain()
    {
        var run = _book.Add(3, "r", new byte[] { (byte)'1' })!;
        _book.Begin(_book.FindOpen(run.Id)!, new Install { Number = 3, Name = "p", Package = null! }); // Not looked at.
        _book.Note(_book.FindOpen(run.Id)!, _book.Find(run.Id)! with { Last = new byte[] { (byte)'2' }, Progress = 0.5 }, now: true);
        Assert.Equal(RunState.Running, _database.Find(1, run.Id)!.State);

        var next = Book(tenant: 1);
        next.Open();

        var again = Assert.Single(next.Waiting).Record;
        Assert.Equal((RunState.Queued, 1, 0.5), (again.State, again.Begun, again.Progress));
        Assert.Equal("2"u8.ToArray(), again.Last.ToArray());
    }

    [Fact]
    public void PLG42_ResultThatIsTooLarge_Fails()
    {
        var run = new OpenRun(_book.Add(1, "r", default)!);

        var verdict = RunVerdict.Of(run, new CallResult(new byte[(1024 * 1024) + 1], null), status: null);

        Assert.Equal((RunState.Failed, "the result may have 1 MiB of JSON"), (verdict.Record.State, verdict.Record.Error));
        Assert.Null(verdict.Again);
    }

    [Fact]
    public void PLG42_RunThatIsCancelledWhenItWouldBeginAgain_IsOver()
    {
        var run = _book.FindOpen(_book.Add(3, "r", default)!.Id)!;
        _book.Begin(run, new Install { Number = 3, Name = "p", Package = null! }); // Not looked at.
        var verdict = RunVerdict.Later(run);
        run.IsCancelled = true;

        _book.Again(run, verdict.Record, verdict.Again!.Value);

        Assert.Empty(_book.Waiting);
        Assert.Equal(RunState.Cancelled, _book.Find(run.Record.Id)!.State);
    }

    private RunBook Book(int tenant) =>
        new(_database, new Tenant { Name = $"t{tenant}", Number = tenant, ChannelPrefix = "" }, TimeProvider.System, NullLogger.Instance);
}
