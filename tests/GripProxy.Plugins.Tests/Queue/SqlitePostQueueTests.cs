using System.Text;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Queue;

/// <summary>Work beside the chain is kept with the events (plugins.md §7.2).</summary>
public sealed class SqlitePostQueueTests : IDisposable
{
    private static readonly PostLineOf Line = new(1, 7, PostLine.Events);
    private static readonly PostLineOf Exports = new(1, 7, PostLine.Exports);

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task PLG07_Event_ThatEndsItsChain_LeavesItsWorkInTheSameStep()
    {
        await using (var queue = Open())
        {
            await queue.EnqueueAsync([Event("1"), Event("2")]);
            var events = await queue.ReadAsync(1, 0, 1);
            Assert.True(await queue.RemoveAsync(1, events, [Work("a"), Work("b") with { Install = 8 }]));
            Assert.Equal((3, 2), (queue.Usage(1).Events, queue.Post.Count(1)));
        }

        await using var again = Open();
        Assert.Equal((3, 2), (again.Usage(1).Events, again.Post.Count(1)));
        Assert.Equal("2", Body(Assert.Single(await again.ReadAsync(1, 0, 10)).Body));
        var work = Assert.Single(again.Post.ReadDue(Line, _time.GetUtcNow(), [], 10));
        Assert.Equal(("onEvent", "seen", "a", 0), (work.Method, work.Event, Body(work.Body), work.Attempts));
        Assert.True(await again.Post.RemoveAsync([work]));
        Assert.Equal((2, 1), (again.Usage(1).Events, again.Post.Count(1)));
    }

    [Fact]
    public async Task PLG07_Work_ThatWaits_CountsWithTheEventsAgainstTheLimit()
    {
        await using var queue = Open(new QueueLimits(Events: 3, Bytes: 1000));
        await queue.EnqueueAsync([Event("1")]);
        await queue.RemoveAsync(1, await queue.ReadAsync(1, 0, 1), [Work("a"), Work("b"), Work("c")]);

        Assert.Equal(EnqueueOutcome.QueueFull, await queue.EnqueueAsync([Event("2")]));
        Assert.Equal(EnqueueOutcome.QueueFull, (await queue.Post.AddAsync(Work("d"))).Outcome);
        Assert.Equal(EnqueueOutcome.Stored, await queue.EnqueueAsync([Event("2", tenant: 2)]));

        await queue.Post.RemoveAsync(queue.Post.ReadDue(Line, _time.GetUtcNow(), [], 1));
        Assert.Equal(EnqueueOutcome.Stored, await queue.EnqueueAsync([Event("2")]));
    }

    [Fact]
    public async Task PLG10_Work_ThatIsPostponed_IsDueLaterAndKnowsItsAttempts()
    {
        await using var queue = Open();
        var later = _time.GetUtcNow().AddMinutes(1);
        var (_, first) = await queue.Post.AddAsync(Work("a"));
        var (_, second) = await queue.Post.AddAsync(Work("b"));
        var due = queue.Post.ReadDue(Line, _time.GetUtcNow(), [], 10);
        Assert.Equal([first, second], due.Select(work => work.Id));

        await queue.Post.UpdateAsync([due[0] with { Attempts = 2, Due = later, Method = "webhook", Body = "longer"u8.ToArray() }], grown: 5);

        Assert.Equal([second], queue.Post.ReadDue(Line, _time.GetUtcNow(), [], 10).Select(work => work.Id));
        Assert.Empty(queue.Post.ReadDue(Line, _time.GetUtcNow(), [second], 10));
        Assert.Equal(later, queue.Post.NextDue(Line, [second]));
        var postponed = queue.Post.ReadDue(Line, later, [second], 10)[0];
        Assert.Equal((2, "webhook", "longer"), (postponed.Attempts, postponed.Method, Body(postponed.Body)));
        Assert.Equal(7, queue.Usage(1).Bytes);
    }

    [Fact]
    public async Task PLG08_Buffer_KeepsItsOrderAndWhatWasTriedTogetherStaysTogether()
    {
        await using var queue = Open();
        foreach (var body in (string[])["aaaa", "bbbb", "cccc", "dddd"])
            await queue.Post.AddAsync(Work(body) with { Line = PostLine.Exports, Method = "exportEvents" });
        Assert.Equal(new PostBuffer(20, _time.GetUtcNow()), queue.Post.Buffer(Exports));

        var batch = queue.Post.ReadBuffer(Exports, 10);
        Assert.Equal(["aaaa", "bbbb"], batch.Select(work => Body(work.Body)));
        Assert.Single(queue.Post.ReadBuffer(Exports, 1));
        await queue.Post.UpdateAsync([.. batch.Select(work => work with { Batch = batch[0].Id, Attempts = 1, Due = _time.GetUtcNow().AddSeconds(3) })]);

        Assert.Equal(["cccc", "dddd"], queue.Post.ReadBuffer(Exports, 100).Select(work => Body(work.Body)));
        Assert.Equal(["aaaa", "bbbb"], queue.Post.ReadBatch(Exports).Select(work => Body(work.Body)));
        Assert.Equal("[aaaa,bbbb]", Body(PostBatch.Join(batch)));
    }

    private SqliteEventQueue Open(QueueLimits? limits = null) =>
        new(_folder.File("events.db"), fullSync: false, limits ?? new QueueLimits(), _time, NullLogger<SqliteEventQueue>.Instance);

    private PostWork Work(string body) => new()
    {
        Tenant = 1,
        Install = 7,
        Line = PostLine.Events,
        Method = "onEvent",
        Event = "seen",
        Created = _time.GetUtcNow(),
        Due = _time.GetUtcNow(),
        Body = Encoding.UTF8.GetBytes(body),
    };

    private static QueuedEvent Event(string body, int tenant = 1) =>
        new() { Tenant = tenant, Key = "k", Received = DateTimeOffset.UnixEpoch, Body = Encoding.UTF8.GetBytes(body) };

    private static string Body(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);
}
