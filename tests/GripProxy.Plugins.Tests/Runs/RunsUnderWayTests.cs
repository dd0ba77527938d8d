using GripProxy.Plugins.Runs;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Plugins.Tests.Post;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Runs;

/// <summary>What a node knows of the runs that are under way on it (PLG-42).</summary>
public sealed class RunsUnderWayTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly RunStoreInFront _store;

    public RunsUnderWayTests() => _store = new RunStoreInFront(new SqliteRunStore(new RunDatabase(_folder.File("runs.db")), _time)) { Holds = false };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void PLG42_RunThatBeginsAgainBeforeItsEndIsThroughHere_IsUnderWay()
    {
        var under = new RunsUnderWay(_store, _time);
        var (first, second) = (Open(), Open());
        under.Add(first);
        under.Settle(first);
        under.Add(second);

        under.Remove(first);

        Assert.Same(second, under.Find(1));
        under.Remove(second);
        Assert.Equal(0, under.Count);
    }

    [Fact]
    public void PLG42_RunThatWasLeft_IsNotLost()
    {
        var under = new RunsUnderWay(_store, _time);
        var (left, lost) = (Open(), Open(2));
        under.Add(left);
        under.Add(lost);

        under.Settle(left);

        Assert.Equal([lost], under.Lose());
        Assert.Empty(under.Lose());
    }

    private OpenRun Open(long id = 1) => new(
        new RunRecord { Id = id, Tenant = 1, Install = 7, Name = "r", Payload = "1"u8.ToArray(), Created = _time.GetUtcNow() }, new FakeCalls().With(7, []).Plugins[0].Install);
}
