using System.Text;
using GripProxy.Plugins.Queue;

namespace GripProxy.Testing;

/// <summary>What every <see cref="IWorkStore"/> does with events, and with the work beside their chain (plugins.md §7.2). Subclasses give one, and the same again after a restart.</summary>
public abstract class WorkStoreContract
{
    private static readonly PostLineOf s_line = new(1, 7, PostLine.Events);
    private static readonly PostLineOf s_exports = new(1, 7, PostLine.Exports);

    /// <summary>The clock of the stores.</summary>
    private protected ManualTime Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(50));

    /// <summary>Opens the one store of the test, with what waits in it from before.</summary>
    private protected abstract Task<IWorkStore> OpenAsync(QueueLimits? limits = null);

    [Fact]
    public async Task Enqueue_OfEvents_KeepsThemInTheOrderOfTheirKeyAndAcrossARestart()
    {
        await using (IWorkStore store = await OpenAsync())
        {
            Assert.Equal(EnqueueOutcome.Stored, await store.EnqueueAsync([Event("a", "1"), Event("b", "2")]));
            Assert.Equal(EnqueueOutcome.Stored, await store.EnqueueAsync([Event("a", "3")]));
            Assert.Equal(EnqueueOutcome.Stored, await store.EnqueueAsync([Event("c", "other", tenant: 2)]));
        }

        await using IWorkStore again = await OpenAsync();
        IReadOnlyList<QueuedEvent> read = await again.ReadAsync(1, 0, 100);

        Assert.Equal(["1", "3"], read.Where(one => one.Key == "a").Select(one => Text(one.Body)));
        Assert.Equal(["2"], read.Where(one => one.Key == "b").Select(one => Text(one.Body)));
        Assert.All(read, one => Assert.Equal(DateTimeOffset.UnixEpoch, one.Received));
        Assert.Equal(Enumerable.Order(read.Select(one => one.Sequence)), read.Select(one => one.Sequence));
        Assert.Equal(read.Skip(2).Select(one => Text(one.Body)), (await again.ReadAsync(1, read[1].Sequence, 100)).Select(one => Text(one.Body)));
        Assert.Equal(["other"], (await again.ReadAsync(2, 0, 100)).Select(one => Text(one.Body)));
        Assert.Equal((3, 8), (again.Usage(1).Events, again.Usage(1).Bytes));
    }

    [Fact]
    public async Task Read_FromTheBeginning_GivesAgainWhatHasNotEnded()
    {
        await using IWorkStore store = await OpenAsync();
        await store.EnqueueAsync([Event("a", "1"), Event("a", "2"), Event("a", "3")]);
        IReadOnlyList<QueuedEvent> read = await store.ReadAsync(1, 0, 100);
        Assert.True(await store.RemoveAsync(1, [read[0]], []));
        Assert.True(await store.PostponeAsync(read[1] with { Attempts = 1, NotBefore = Time.GetUtcNow() }));

        Assert.Empty(await store.ReadAsync(1, read[^1].Sequence, 100));
        Assert.Equal([("2", 1), ("3", 0)], (await store.ReadAsync(1, 0, 100)).Select(one => (Text(one.Body), one.Attempts)));
    }

    [Fact]
    public async Task PLG20_Event_ThatWasCaptured_KeepsItsDepthAcrossARestart()
    {
        await using (IWorkStore store = await OpenAsync())
        {
            await store.EnqueueAsync([Event("a", "1") with { Depth = 3, CapturedBy = 7, Replayed = 2 }]);
        }

        await using IWorkStore again = await OpenAsync();

        Assert.Equal((3, 7, 2), (await again.ReadAsync(1, 0, 10)).Select(one => (one.Depth, one.CapturedBy, one.Replayed)).Single());
    }

    [Fact]
    public async Task Enqueue_FromManyAtOnce_LosesNothingAndNobodyReadsPastAGap()
    {
        await using IWorkStore store = await OpenAsync();
        const int Writers = 8;
        const int Each = 200;
        Task writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < Each; i++)
            {
                await store.EnqueueAsync([Event($"{writer}", $"{writer}-{i}")]);
            }
        })));
        List<QueuedEvent> seen = [];
        while (seen.Count < Writers * Each)
        {
            bool isLast = writing.IsCompleted;
            IReadOnlyList<QueuedEvent> read = await store.ReadAsync(1, seen.Count == 0 ? 0 : seen[^1].Sequence, 100);
            seen.AddRange(read);
            Assert.False(isLast && read.Count == 0, $"only {seen.Count} were read");
        }

        await writing;
        Assert.All(seen.GroupBy(one => one.Key), one => Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{one.Key}-{i}"), one.Select(each => Text(each.Body))));
    }

    [Fact]
    public async Task Remove_OfDoneEvents_MakesRoom()
    {
        await using IWorkStore store = await OpenAsync(new QueueLimits(Events: 2, Bytes: 1000));
        await store.EnqueueAsync([Event("a", "1"), Event("a", "2")]);
        Assert.Equal(100, store.Usage(1).Percent);
        Assert.Equal(EnqueueOutcome.QueueFull, await store.EnqueueAsync([Event("a", "3")]));
        Assert.Equal(EnqueueOutcome.Stored, await store.EnqueueAsync([Event("a", "3", tenant: 2)]));

        await store.RemoveAsync(1, [(await store.ReadAsync(1, 0, 100))[0]], []);

        Assert.Equal(EnqueueOutcome.Stored, await store.EnqueueAsync([Event("a", "4")]));
        Assert.Equal(2, store.Usage(1).Events);
    }

    [Fact]
    public async Task Enqueue_BeyondTheBytesOfAllTenants_IsRefused()
    {
        await using IWorkStore store = await OpenAsync(new QueueLimits(Events: 100, Bytes: 10));
        Assert.Equal(EnqueueOutcome.Stored, await store.EnqueueAsync([Event("a", "12345678")]));

        Assert.Equal(EnqueueOutcome.QueueFull, await store.EnqueueAsync([Event("a", "123", tenant: 2)]));
    }

    [Fact]
    public async Task PLG10_Postpone_OfAnEvent_IsKept()
    {
        DateTimeOffset later = DateTimeOffset.UnixEpoch.AddHours(5);
        await using (IWorkStore store = await OpenAsync())
        {
            await store.EnqueueAsync([Event("a", "1")]);
            QueuedEvent one = (await store.ReadAsync(1, 0, 1))[0];
            Assert.True(await store.PostponeAsync(one with { Attempts = 3, NotBefore = later }));
        }

        await using IWorkStore again = await OpenAsync();
        QueuedEvent read = Assert.Single(await again.ReadAsync(1, 0, 10));
        Assert.Equal((3, later), (read.Attempts, read.NotBefore));
    }

    [Fact]
    public async Task PLG07_Event_ThatEndsItsChain_LeavesItsWorkInTheSameStep()
    {
        await using (IWorkStore store = await OpenAsync())
        {
            await store.EnqueueAsync([Event("k", "1"), Event("k", "2")]);
            IReadOnlyList<QueuedEvent> events = [(await store.ReadAsync(1, 0, 100))[0]];
            Assert.True(await store.RemoveAsync(1, events, [Work("a"), Work("b") with { Install = 8 }]));
            Assert.Equal((3, 2), (store.Usage(1).Events, store.Post.Count(1)));
        }

        await using IWorkStore again = await OpenAsync();
        Assert.Equal((3, 2), (again.Usage(1).Events, again.Post.Count(1)));
        Assert.Equal([7, 8], (await again.Post.InstallsAsync(1)).Order());
        Assert.Equal("2", Text(Assert.Single(await again.ReadAsync(1, 0, 10)).Body));
        PostWork work = Assert.Single(await again.Post.ReadDueAsync(s_line, Time.GetUtcNow(), [], 10));
        Assert.Equal(("onEvent", "seen", "a", 0), (work.Method, work.Event, Text(work.Body), work.Attempts));
        Assert.True(await again.Post.RemoveAsync([work]));
        Assert.Equal((2, 1), (again.Usage(1).Events, again.Post.Count(1)));
        Assert.Equal([8], await again.Post.InstallsAsync(1));
    }

    [Fact]
    public async Task PLG07_Work_ThatWaits_CountsWithTheEventsAgainstTheLimit()
    {
        await using IWorkStore store = await OpenAsync(new QueueLimits(Events: 3, Bytes: 1000));
        await store.EnqueueAsync([Event("k", "1")]);
        await store.RemoveAsync(1, await store.ReadAsync(1, 0, 1), [Work("a"), Work("b"), Work("c")]);

        Assert.Equal(EnqueueOutcome.QueueFull, await store.EnqueueAsync([Event("k", "2")]));
        Assert.Equal(EnqueueOutcome.QueueFull, (await store.Post.AddAsync(Work("d"))).Outcome);
        Assert.Equal(EnqueueOutcome.Stored, await store.EnqueueAsync([Event("k", "2", tenant: 2)]));

        await store.Post.RemoveAsync(await store.Post.ReadDueAsync(s_line, Time.GetUtcNow(), [], 1));
        Assert.Equal(EnqueueOutcome.Stored, await store.EnqueueAsync([Event("k", "2")]));
    }

    [Fact]
    public async Task PLG10_Work_ThatIsPostponed_IsDueLaterAndKnowsItsAttempts()
    {
        await using IWorkStore store = await OpenAsync();
        DateTimeOffset later = Time.GetUtcNow().AddMinutes(1);
        (_, long first) = await store.Post.AddAsync(Work("a"));
        (_, long second) = await store.Post.AddAsync(Work("b"));
        IReadOnlyList<PostWork> due = await store.Post.ReadDueAsync(s_line, Time.GetUtcNow(), [], 10);
        Assert.Equal([first, second], due.Select(work => work.Id));

        await store.Post.UpdateAsync([due[0] with { Attempts = 2, Due = later, Method = "webhook", Body = "longer"u8.ToArray() }], grown: 5);

        Assert.Equal([second], (await store.Post.ReadDueAsync(s_line, Time.GetUtcNow(), [], 10)).Select(work => work.Id));
        Assert.Empty(await store.Post.ReadDueAsync(s_line, Time.GetUtcNow(), [second], 10));
        Assert.Equal(later, await store.Post.NextDueAsync(s_line, [second]));
        PostWork postponed = (await store.Post.ReadDueAsync(s_line, later, [second], 10))[0];
        Assert.Equal((2, "webhook", "longer"), (postponed.Attempts, postponed.Method, Text(postponed.Body)));
        Assert.Equal(7, store.Usage(1).Bytes);
    }

    [Fact]
    public async Task PLG08_Buffer_KeepsItsOrderAndWhatWasTriedTogetherStaysTogether()
    {
        await using IWorkStore store = await OpenAsync();
        foreach (string body in (string[])["aaaa", "bbbb", "cccc", "dddd"])
        {
            await store.Post.AddAsync(Work(body) with { Line = PostLine.Exports, Method = "exportEvents" });
        }

        Assert.Equal(new PostBuffer(20, Time.GetUtcNow()), await store.Post.BufferAsync(s_exports));

        IReadOnlyList<PostWork> batch = await store.Post.ReadBufferAsync(s_exports, 10);
        Assert.Equal(["aaaa", "bbbb"], batch.Select(work => Text(work.Body)));
        Assert.Single(await store.Post.ReadBufferAsync(s_exports, 1));
        batch = [.. batch.Select(work => work with { Batch = batch[0].Id, Attempts = 1, Due = Time.GetUtcNow().AddSeconds(3) })];
        await store.Post.UpdateAsync(batch);

        Assert.Equal(["cccc", "dddd"], (await store.Post.ReadBufferAsync(s_exports, 100)).Select(work => Text(work.Body)));
        Assert.Equal(10, (await store.Post.BufferAsync(s_exports)).Bytes);
        Assert.Equal(["aaaa", "bbbb"], (await store.Post.ReadBatchAsync(s_exports)).Select(work => Text(work.Body)));
        Assert.Equal(["aaaa", "bbbb", "cccc", "dddd"], (await store.Post.ListAsync(1, 7, PostLine.Exports, 0, 10)).Select(work => Text(work.Body)));
        Assert.Equal("[aaaa,bbbb]", Text(PostBatch.Join(batch)));

        Assert.True(await store.Post.RemoveAsync(batch));
        Assert.Empty(await store.Post.ReadBatchAsync(s_exports));
    }

    [Fact]
    public async Task PLG12_Jobs_AreListedByInstall_AndForgotten()
    {
        await using IWorkStore store = await OpenAsync();
        (_, long first) = await store.Post.AddAsync(Job("a", 1));
        (_, long second) = await store.Post.AddAsync(Job("b", 2));

        Assert.Equal([first, second], (await store.Post.ListAsync(1, null, PostLine.Jobs, 0, 10)).Select(job => job.Id));
        Assert.Equal(["jobs.b"], (await store.Post.ListAsync(1, 2, PostLine.Jobs, 0, 10)).Select(job => job.Method));
        Assert.Equal([second], (await store.Post.ListAsync(1, null, PostLine.Jobs, second - 1, 1)).Select(job => job.Id));
        Assert.True(await store.Post.RemoveAsync(await store.Post.ListAsync(1, null, PostLine.Jobs, 0, 1)));
        Assert.Equal([second], (await store.Post.ListAsync(1, null, PostLine.Jobs, 0, 10)).Select(job => job.Id));

        PostWork Job(string name, int install) =>
            Work("1") with { Install = install, Line = PostLine.Jobs, Method = PostWork.JobPrefix + name, Due = Time.GetUtcNow().AddDays(1) };
    }

    [Fact]
    public async Task PLG45_OldestWork_IsToldWithoutJobs()
    {
        await using IWorkStore store = await OpenAsync();
        await store.Post.AddAsync(Work("1") with { Line = PostLine.Jobs, Method = "jobs.a", Created = DateTimeOffset.UnixEpoch });
        await store.Post.AddAsync(Work("2") with { Line = PostLine.Exports, Method = "exportEvents", Created = DateTimeOffset.UnixEpoch.AddDays(1) });
        await store.Post.AddAsync(Work("3") with { Created = DateTimeOffset.UnixEpoch.AddDays(2) });
        await LookAsync(store);
        Assert.Equal((DateTimeOffset.UnixEpoch.AddDays(1), null), (store.OldestPost(1), store.OldestPost(2)));

        Assert.True(await store.Post.RemoveAsync(await store.Post.ListAsync(1, null, PostLine.Exports, 0, 10)));
        await LookAsync(store);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(2), store.OldestPost(1));

        Assert.True(await store.Post.RemoveAsync(await store.Post.ListAsync(1, null, PostLine.Events, 0, 10)));
        await LookAsync(store);
        Assert.Null(store.OldestPost(1));
    }

    [Fact]
    public async Task PLG06_Run_OfATask_IsRemembered()
    {
        await using (IWorkStore store = await OpenAsync())
        {
            Assert.Null(await store.Schedules.LastRunAsync(1, 7, "runEveryDay"));
            await using ScheduleTurn turn = await store.Schedules.TakeAsync(1, 7, "runEveryDay", Time.GetUtcNow());
            Assert.True(turn.MayRun);
        }

        await using IWorkStore again = await OpenAsync();
        Assert.Equal(Time.GetUtcNow(), await again.Schedules.LastRunAsync(1, 7, "runEveryDay"));
        Assert.Null(await again.Schedules.LastRunAsync(1, 8, "runEveryDay"));
    }

    /// <summary>From now on is known what is only looked at now and then.</summary>
    private protected virtual Task LookAsync(IWorkStore store) => Task.CompletedTask;

    private protected static QueuedEvent Event(string key, string body, int tenant = 1) =>
        new() { Tenant = tenant, Key = key, Received = DateTimeOffset.UnixEpoch, Body = Encoding.UTF8.GetBytes(body) };

    private protected static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);

    private PostWork Work(string body) => new()
    {
        Tenant = 1,
        Install = 7,
        Line = PostLine.Events,
        Method = "onEvent",
        Event = "seen",
        Created = Time.GetUtcNow(),
        Due = Time.GetUtcNow(),
        Body = Encoding.UTF8.GetBytes(body),
    };
}
