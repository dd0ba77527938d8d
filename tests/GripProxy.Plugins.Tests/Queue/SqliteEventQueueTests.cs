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
    public async Task Change_ThatThrows_IsRefused_AndTheNextIsMade()
    {
        await using var store = new QueueStore(_folder.File("events.db"), fullSync: false, new QueueLimits(), NullLogger.Instance);

        Assert.Equal(EnqueueOutcome.Unavailable, await store.SubmitAsync(new QueueChange(1, static _ => throw new InvalidOperationException("a fault"))));

        Assert.Equal(EnqueueOutcome.Stored, await store.EnqueueAsync([Event("a", "1")]).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
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
