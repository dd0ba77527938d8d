using System.Text;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Redis.Leases;
using GripProxy.Plugins.Redis.Queue;
using GripProxy.Testing;

namespace GripProxy.Plugins.Redis.Tests.Queue;

/// <summary>Nodes share what waits: each partition is worked on by one, and goes to another when that one leaves, dies or stops (plugins.md §7.2, §12.4).</summary>
public sealed class SeveralNodesTests : IAsyncLifetime
{
    private const int Keys = 200;

    private TestCluster? _cluster;

    private TestCluster Cluster => _cluster!; // Started before each test.

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync();

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    [Fact]
    public async Task PLG44_Partitions_AreSpreadOverTheNodes_AsTheyJoinAndLeave()
    {
        await using RedisWorkStore a = Cluster.Open("a");
        await a.Partitions.BalanceAsync();
        Assert.Equal(16, a.Partitions.Mine.Count);

        RedisWorkStore b = Cluster.Open("b");
        RedisWorkStore c = Cluster.Open("c");
        List<RedisWorkStore> nodes = [a, b, c];
        await SettleAsync(nodes);
        Assert.Equal([5, 5, 6], nodes.Select(node => node.Partitions.Mine.Count).Order());
        Assert.Equal(Enumerable.Range(0, 16), nodes.SelectMany(node => node.Partitions.Mine).Select(one => one.Partition).Order());

        await b.DisposeAsync();
        nodes.Remove(b);
        await SettleAsync(nodes);
        Assert.Equal([8, 8], nodes.Select(node => node.Partitions.Mine.Count));
        await c.DisposeAsync();
    }

    [Fact]
    public async Task PLG44_Event_IsReadByTheNodeOfItsPartition_WhoeverTookItIn()
    {
        await using RedisWorkStore a = Cluster.Open("a");
        await using RedisWorkStore b = Cluster.Open("b");
        await SettleAsync([a, b]);
        TaskCompletionSource<int> woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        b.Woken = tenant => woken.TrySetResult(tenant);
        b.Start();
        await TestCluster.UntilAsync(() => b.IsSubscribed, "b hears of events");

        Assert.Equal(EnqueueOutcome.Stored, await a.EnqueueAsync([.. Enumerable.Range(0, Keys).Select(i => Event($"{i}", i))]));

        Assert.Equal(1, await woken.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        IReadOnlyList<QueuedEvent> ofA = await a.ReadAsync(1, 0, 1000);
        IReadOnlyList<QueuedEvent> ofB = await b.ReadAsync(1, 0, 1000);
        Assert.NotEmpty(ofA);
        Assert.NotEmpty(ofB);
        Assert.Equal(Enumerable.Range(0, Keys), ofA.Concat(ofB).Select(Number).Order());
    }

    [Fact]
    public async Task PLG44_Handover_WaitsForWhatIsUnderWay_AndLeavesNothingBehind()
    {
        await using RedisWorkStore a = Cluster.Open("a");
        await a.Partitions.BalanceAsync();
        await a.EnqueueAsync([.. Enumerable.Range(0, Keys).Select(i => Event($"{i}", i))]);
        IReadOnlyList<QueuedEvent> taken = await a.ReadAsync(1, 0, 1000);
        TaskCompletionSource underWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        a.LetGo = () =>
        {
            asked.TrySetResult();
            return underWay.Task;
        };

        await using RedisWorkStore b = Cluster.Open("b");
        await b.Partitions.BalanceAsync();
        await a.Partitions.BalanceAsync();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

        // Nothing of what goes may begin, all of it may end, and nobody else has it yet.
        Assert.Equal(8, a.Partitions.Mine.Count);
        List<QueuedEvent> going = [.. taken.Where(one => !a.MayBegin(one))];
        Assert.NotEmpty(going);
        Assert.All(taken, one => Assert.True(a.MayEnd(one)));
        await b.Partitions.BalanceAsync();
        Assert.Empty(b.Partitions.Mine);
        Assert.True(await a.RemoveAsync(1, [going[0]], []));
        underWay.SetResult();

        await SettleAsync([a, b]);
        IReadOnlyList<QueuedEvent> claimed = await b.ReadAsync(1, 0, 1000);
        Assert.Equal(going.Skip(1).Select(Number).Order(), claimed.Select(Number).Order());
        Assert.Equal(taken.Except(going).Select(Number).Order(), (await a.ReadAsync(1, 0, 1000)).Select(Number).Order());
    }

    [Fact]
    public async Task PLG44_Owner_ThatStops_LosesItsPartitions_AndComesTooLateWithWhatItHad()
    {
        // Its clock stands still, as of a process that is stopped: it renews nothing and believes that it holds everything.
        ManualTime still = new();
        await using RedisWorkStore stopped = Cluster.Open("stopped", time: still);
        await stopped.Partitions.BalanceAsync();
        await stopped.EnqueueAsync([Event("k", 0), Event("k", 1), Event("k", 2)]);
        IReadOnlyList<QueuedEvent> had = await stopped.ReadAsync(1, 0, 1000);
        await stopped.RemoveAsync(1, [had[0]], []);

        await using RedisWorkStore next = Cluster.Open("next");
        next.Start();
        await TestCluster.UntilAsync(() => next.Partitions.Mine.Count == 16, "the leases of the stopped node end");
        IReadOnlyList<QueuedEvent> claimed = await next.ReadAsync(1, 0, 1000);
        Assert.Equal([1, 2], claimed.Select(Number));

        // What it writes now is refused by the epoch of the next, though it has not looked at its clock.
        Assert.True(stopped.MayEnd(had[1]));
        await stopped.EnqueueAsync([Event("k", 3)]);
        Assert.True(await stopped.RemoveAsync(1, [had[1]], [Work()]));
        Assert.True(await stopped.PostponeAsync(had[2] with { Attempts = 5 }));
        Assert.True(await stopped.BuryAsync(had[2], new DeadLetterReason("chain", 1, "late")));
        Assert.Empty(await stopped.ReadAsync(1, long.MaxValue, 1000));
        Assert.Equal(0, await next.DeadLetters.CountAsync(1, DeadLetterFilter.All));
        Assert.Equal([3], (await next.ReadAsync(1, claimed[^1].Sequence, 1000)).Select(Number));
        await next.LookAsync(1);
        Assert.Equal((3, 0), (next.Usage(1).Events, next.Post.Count(1)));

        // Once it looks at its clock it knows.
        still.Advance(RedisLeaseStore.Patience);
        Assert.False(stopped.MayEnd(had[1]));
    }

    [Fact]
    public async Task PLG44_Node_ThatIsStartedAgain_TakesTheLeasesOfItsDeadProcess_ButNotOfALivingOne()
    {
        await using RedisWorkStore a = Cluster.Open("a");
        await a.Partitions.BalanceAsync();

        // It lives: its file is held.
        await using RedisWorkStore twin = Cluster.Open("a");
        await twin.Partitions.BalanceAsync();
        Assert.Empty(twin.Partitions.Mine);

        // As a process that was killed leaves it.
        await File.WriteAllTextAsync(Path.Combine(Cluster.DataOf("b"), "node.run"), a.Node);
        await using RedisWorkStore next = Cluster.Open("b");
        await next.Partitions.BalanceAsync();
        Assert.Equal(8, next.Partitions.Mine.Count);
    }

    [Fact]
    public async Task PLG12_Work_IsDoneByTheNodeOfItsPartition_AndGoesWithIt()
    {
        await using RedisWorkStore a = Cluster.Open("a");
        RedisWorkStore b = Cluster.Open("b");
        await SettleAsync([a, b]);
        PostLineOf line = new(1, 7, PostLine.Jobs);
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(EnqueueOutcome.Stored, (await (i % 2 == 0 ? a : b).Post.AddAsync(Work())).Outcome);
        }

        IReadOnlyList<PostWork> ofA = await a.Post.ReadDueAsync(line, DateTimeOffset.MaxValue, [], 100);
        IReadOnlyList<PostWork> ofB = await b.Post.ReadDueAsync(line, DateTimeOffset.MaxValue, [], 100);
        Assert.Equal((20, 20), (ofA.Count, ofB.Count));
        Assert.Empty(ofA.Select(work => work.Id).Intersect(ofB.Select(work => work.Id)));
        Assert.Equal(40, (await a.Post.ListAsync(1, null, PostLine.Jobs, 0, 100)).Count);

        await b.DisposeAsync();
        await SettleAsync([a]);
        Assert.Equal(40, (await a.Post.ReadDueAsync(line, DateTimeOffset.MaxValue, [], 100)).Count);
    }

    [Fact]
    public async Task PLG12_Work_OfAnOwnerThatStopped_IsEndedByTheNextAlone()
    {
        ManualTime still = new();
        await using RedisWorkStore stopped = Cluster.Open("stopped", time: still);
        await stopped.Partitions.BalanceAsync();
        PostLineOf line = new(1, 7, PostLine.Jobs);
        for (int i = 0; i < 3; i++)
        {
            await stopped.Post.AddAsync(Work());
        }

        IReadOnlyList<PostWork> had = await stopped.Post.ReadDueAsync(line, DateTimeOffset.MaxValue, [], 100);
        Assert.True(await stopped.Post.RemoveAsync([had[0]]));

        await using RedisWorkStore next = Cluster.Open("next");
        next.Start();
        await TestCluster.UntilAsync(() => next.Partitions.Mine.Count == 16, "the leases of the stopped node end");
        IReadOnlyList<PostWork> taken = await next.Post.ReadDueAsync(line, DateTimeOffset.MaxValue, [], 100);
        Assert.Equal(had.Skip(1).Select(static work => work.Id).Order(), taken.Select(static work => work.Id).Order());

        // It believes that it holds everything, and writes.
        Assert.True(stopped.Post.MayBegin(had[1]));
        Assert.True(await stopped.Post.RemoveAsync([had[1]]));
        Assert.True(await stopped.Post.UpdateAsync([had[1] with { Attempts = 5 }]));
        Assert.True(await stopped.Post.BuryAsync([had[2]], new DeadLetterReason("jobs", 7, "late")));
        IReadOnlyList<PostWork> left = await next.Post.ReadDueAsync(line, DateTimeOffset.MaxValue, [], 100);
        Assert.Equal([(2, 0)], left.GroupBy(static work => work.Attempts).Select(static group => (group.Count(), group.Key)));
        Assert.Equal(0, await next.DeadLetters.CountAsync(1, DeadLetterFilter.All));

        // Who has it now ends it, and so does an operator, who holds nothing.
        Assert.True(await next.Post.RemoveAsync([taken[0]]));
        IReadOnlyList<PostWork> listed = await stopped.Post.ListAsync(1, null, PostLine.Jobs, 0, 100);
        Assert.True(await stopped.Post.RemoveAsync([Assert.Single(listed)]));
        Assert.Empty(await next.Post.ListAsync(1, null, PostLine.Jobs, 0, 100));
    }

    [Fact]
    public async Task PLG06_Run_OfATask_BeginsOnOneNode_AndNotWhileTheLastOneGoesOn()
    {
        await using RedisWorkStore a = Cluster.Open("a");
        await using RedisWorkStore b = Cluster.Open("b");
        DateTimeOffset due = DateTimeOffset.UnixEpoch.AddYears(50);

        ScheduleTurn[] turns = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? a : b).Schedules.TakeAsync(1, 7, "runEveryMinute", due).AsTask()));

        ScheduleTurn mine = Assert.Single(turns, turn => turn.MayRun);
        Assert.DoesNotContain(turns, turn => turn.IsGoing);
        ScheduleTurn early = await b.Schedules.TakeAsync(1, 7, "runEveryMinute", due.AddMinutes(1));
        Assert.Equal((false, true), (early.MayRun, early.IsGoing));
        await mine.DisposeAsync();
        await using ScheduleTurn later = await b.Schedules.TakeAsync(1, 7, "runEveryMinute", due.AddMinutes(2));
        Assert.True(later.MayRun);
        Assert.Equal(due.AddMinutes(2), await a.Schedules.LastRunAsync(1, 7, "runEveryMinute"));
    }

    // Until nothing moves any more.
    private static async Task SettleAsync(List<RedisWorkStore> nodes)
    {
        for (int still = 0; still < 3;)
        {
            int before = Held();
            foreach (RedisWorkStore node in nodes)
            {
                await node.Partitions.BalanceAsync();
            }

            still = Held() == before && before == PartitionKeeper.Count ? still + 1 : 0;
        }

        int Held() => nodes.Sum(node => node.Partitions.Mine.Count);
    }

    private static PostWork Work() => new()
    {
        Tenant = 1,
        Install = 7,
        Line = PostLine.Jobs,
        Method = "jobs.clean",
        Created = DateTimeOffset.UnixEpoch,
        Due = DateTimeOffset.UnixEpoch,
        Body = "1"u8.ToArray(),
    };

    private static QueuedEvent Event(string key, int number) =>
        new() { Tenant = 1, Key = key, Received = DateTimeOffset.UnixEpoch, Body = Encoding.UTF8.GetBytes($"{number}") };

    private static int Number(QueuedEvent one) => int.Parse(Encoding.UTF8.GetString(one.Body.Span), System.Globalization.CultureInfo.InvariantCulture);
}
