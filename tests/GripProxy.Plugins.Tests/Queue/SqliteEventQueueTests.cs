using System.Text;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Queue;

public sealed class SqliteEventQueueTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Enqueue_OfEvents_KeepsThemInOrderAndAcrossARestart()
    {
        await using (var queue = Open())
        {
            Assert.Equal(EnqueueOutcome.Stored, await queue.EnqueueAsync([Event("a", "1"), Event("b", "2")]));
            Assert.Equal(EnqueueOutcome.Stored, await queue.EnqueueAsync([Event("a", "3")]));
            Assert.Equal(EnqueueOutcome.Stored, await queue.EnqueueAsync([Event("c", "other", tenant: 2)]));
        }

        await using var again = Open();
        var read = await again.ReadAsync(1, 0, 10);

        Assert.Equal(["1", "2", "3"], read.Select(Body));
        Assert.Equal(["a", "b", "a"], read.Select(one => one.Key));
        Assert.Equal(read[0].Received, DateTimeOffset.UnixEpoch);
        Assert.Equal(["3"], (await again.ReadAsync(1, read[1].Sequence, 10)).Select(Body));
        Assert.Equal(["other"], (await again.ReadAsync(2, 0, 10)).Select(Body));
        Assert.Equal(3, again.Usage(1).Events);
        Assert.Equal(8, again.Usage(1).Bytes);
    }

    [Fact]
    public async Task Change_ThatThrows_IsRefused_AndTheNextIsMade()
    {
        await using var store = new QueueStore(_folder.File("events.db"), fullSync: false, new QueueLimits(), NullLogger.Instance);

        Assert.Equal(EnqueueOutcome.Unavailable, await store.SubmitAsync(new QueueChange(1, static _ => throw new InvalidOperationException("a fault"))));

        Assert.Equal(EnqueueOutcome.Stored, await store.EnqueueAsync([Event("a", "1")]).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task PLG20_Event_ThatWasCaptured_KeepsItsDepthAcrossARestart()
    {
        await using (var queue = Open())
            await queue.EnqueueAsync([Event("a", "1") with { Depth = 3, CapturedBy = 7 }]);

        await using var again = Open();

        Assert.Equal((3, 7), (await again.ReadAsync(1, 0, 10)).Select(one => (one.Depth, one.CapturedBy)).Single());
    }

    [Fact]
    public async Task Open_OfAFileOfAnEarlierVersion_ReadsItsEvents()
    {
        using (var old = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder.File("events.db")};Pooling=false"))
        {
            SQLitePCL.Batteries_V2.Init();
            old.Open();
            using var command = old.CreateCommand();
            command.CommandText = """
                CREATE TABLE events (tenant INTEGER NOT NULL, seq INTEGER NOT NULL, key TEXT NOT NULL, received INTEGER NOT NULL,
                  attempts INTEGER NOT NULL, not_before INTEGER, body BLOB NOT NULL, PRIMARY KEY (tenant, seq)) WITHOUT ROWID;
                INSERT INTO events VALUES (1, 1, 'a', 0, 0, NULL, CAST('old' AS BLOB));
                """;
            command.ExecuteNonQuery();
        }

        await using var queue = Open();
        await queue.EnqueueAsync([Event("b", "new") with { Depth = 1 }]);

        Assert.Equal([("old", 0), ("new", 1)], (await queue.ReadAsync(1, 0, 10)).Select(one => (Body(one), one.Depth)));
    }

    [Fact]
    public async Task Enqueue_FromManyAtOnce_LosesNothingAndNobodyReadsPastAGap()
    {
        await using var queue = Open();
        const int Writers = 8;
        const int Each = 200;
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await queue.EnqueueAsync([Event($"{writer}", $"{writer}-{i}")]);
        })));
        List<QueuedEvent> seen = [];
        while (seen.Count < Writers * Each)
        {
            var read = await queue.ReadAsync(1, seen.Count == 0 ? 0 : seen[^1].Sequence, 100);
            seen.AddRange(read);
            if (read.Count == 0)
                Assert.False(writing.IsCompleted && (await queue.ReadAsync(1, seen.Count == 0 ? 0 : seen[^1].Sequence, 1)).Count == 0, $"only {seen.Count} were read");
        }

        await writing;
        Assert.All(seen.GroupBy(one => one.Key), one => Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{one.Key}-{i}"), one.Select(Body)));
    }

    [Fact]
    public async Task Remove_OfDoneEvents_MakesRoom()
    {
        await using var queue = Open(new QueueLimits(Events: 2, Bytes: 1000));
        await queue.EnqueueAsync([Event("a", "1"), Event("a", "2")]);
        Assert.Equal(100, queue.Usage(1).Percent);
        Assert.Equal(EnqueueOutcome.QueueFull, await queue.EnqueueAsync([Event("a", "3")]));
        Assert.Equal(EnqueueOutcome.Stored, await queue.EnqueueAsync([Event("a", "3", tenant: 2)]));

        await queue.RemoveAsync(1, await queue.ReadAsync(1, 0, 1), []);

        Assert.Equal(EnqueueOutcome.Stored, await queue.EnqueueAsync([Event("a", "4")]));
        Assert.Equal(["2", "4"], (await queue.ReadAsync(1, 0, 10)).Select(Body));
    }

    [Fact]
    public async Task Enqueue_BeyondTheBytesOfAllTenants_IsRefused()
    {
        await using var queue = Open(new QueueLimits(Events: 100, Bytes: 10));
        Assert.Equal(EnqueueOutcome.Stored, await queue.EnqueueAsync([Event("a", "12345678")]));

        Assert.Equal(EnqueueOutcome.QueueFull, await queue.EnqueueAsync([Event("a", "123", tenant: 2)]));
    }

    [Fact]
    public async Task PLG10_Postpone_OfAnEvent_IsKept()
    {
        var later = DateTimeOffset.UnixEpoch.AddHours(5);
        await using (var queue = Open())
        {
            await queue.EnqueueAsync([Event("a", "1")]);
            var one = (await queue.ReadAsync(1, 0, 1))[0];
            await queue.PostponeAsync(one with { Attempts = 3, NotBefore = later });
        }

        await using var again = Open();
        var read = Assert.Single(await again.ReadAsync(1, 0, 10));
        Assert.Equal((3, later), (read.Attempts, read.NotBefore));
    }

    [Fact]
    public async Task PLG10_Postpone_OfAnEvent_ThatCannotBeWritten_SaysSo()
    {
        await using var queue = Open();
        await queue.EnqueueAsync([Event("a", "1")]);
        var one = (await queue.ReadAsync(1, 0, 1))[0] with { Attempts = 3, NotBefore = DateTimeOffset.UnixEpoch };
        using (new SealedTable(_folder.File("events.db"), "UPDATE ON events"))
            Assert.False(await queue.PostponeAsync(one));

        Assert.True(await queue.PostponeAsync(one));
    }

    [Fact]
    public async Task PLG11_Bury_OfAnEvent_TakesItOutOfTheQueueAndKeepsIt()
    {
        await using var queue = Open();
        await queue.EnqueueAsync([Event("a", "1"), Event("a", "2")]);
        await queue.BuryAsync((await queue.ReadAsync(1, 0, 1))[0], new DeadLetterReason("chain", 7, "boom"));

        Assert.Equal(["2"], (await queue.ReadAsync(1, 0, 10)).Select(Body));
        Assert.Equal(1, queue.DeadLetters.Count(1, DeadLetterFilter.All));
        Assert.Equal(1, queue.Usage(1).Events);
    }

    [Fact]
    public async Task PLG11_DeadLetters_BeyondTheirNumberOrAge_GoOldestFirst()
    {
        var reason = new DeadLetterReason("chain", 1, "boom");
        var today = DateTimeOffset.UnixEpoch.AddYears(50);
        await using (var queue = Open(today))
        {
            await queue.EnqueueAsync([Event("a", "1"), Event("a", "2"), Event("a", "3"), Event("a", "4")]);
            await queue.EnqueueAsync([Event("a", "other", tenant: 2)]);
            foreach (var one in await queue.ReadAsync(1, 0, 3))
                await queue.BuryAsync(one, reason);
            await queue.BuryAsync((await queue.ReadAsync(2, 0, 1))[0], reason);
            Assert.Equal((2, 1), (queue.DeadLetters.Count(1, DeadLetterFilter.All), queue.DeadLetters.Count(2, DeadLetterFilter.All)));
        }

        await using var later = Open(today.AddDays(15));
        await later.BuryAsync(Assert.Single(await later.ReadAsync(1, 0, 10)), reason);
        Assert.Equal((1, 1), (later.DeadLetters.Count(1, DeadLetterFilter.All), later.DeadLetters.Count(2, DeadLetterFilter.All)));

        SqliteEventQueue Open(DateTimeOffset now) => new(
            _folder.File("events.db"), fullSync: false, new QueueLimits { DeadLetters = 2, DeadLetterDays = 14 }, new ManualTime(now), NullLogger<SqliteEventQueue>.Instance);
    }

    [Fact]
    public async Task Enqueue_IntoAStoreThatCannotBeWritten_SaysSo()
    {
        var queue = Open();
        await queue.DisposeAsync();

        Assert.Equal(EnqueueOutcome.Unavailable, await queue.EnqueueAsync([Event("a", "1")]));
        Assert.Equal(0, queue.Usage(1).Events);
    }

    private SqliteEventQueue Open(QueueLimits? limits = null) =>
        new(_folder.File("events.db"), fullSync: false, limits ?? new QueueLimits(), TimeProvider.System, NullLogger<SqliteEventQueue>.Instance);

    private static QueuedEvent Event(string key, string body, int tenant = 1) =>
        new() { Tenant = tenant, Key = key, Received = DateTimeOffset.UnixEpoch, Body = Encoding.UTF8.GetBytes(body) };

    private static string Body(QueuedEvent one) => Encoding.UTF8.GetString(one.Body.Span);
}
