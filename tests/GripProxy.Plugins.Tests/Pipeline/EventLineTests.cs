using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Pipeline;

/// <summary>What is read ahead, and who may go (plugins.md §7.2, §8.2).</summary>
public sealed class EventLineTests
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);
    private int _read;

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 100)]
    public async Task PLG10_Line_OfOneIdWithManyEvents_LetsOthersGo(bool strict, int hot)
    {
        List<QueuedEvent> queue = [.. Events("hot", 5000), .. Enumerable.Range(0, 50).SelectMany(i => Events($"other{i}", 1))];
        await using var line = Line(strict);

        Read(line, queue);
        var first = line.NextBatch()!;
        var second = line.NextBatch();

        // The hot one is under way after the first batch, whichever of the two the others are in.
        Assert.Equal(hot, first.Events.Concat(second?.Events ?? []).Count(one => one.Key == "hot"));
        Assert.Equal(50, first.Events.Concat(second?.Events ?? []).Count(one => one.Key != "hot"));
    }

    [Fact]
    public async Task PLG10_Line_WithManyIdsThatWaitForTheirTime_LetsOthersGo()
    {
        // Three thousand ids, each with an event that is tried again and two behind it.
        List<QueuedEvent> queue = [.. Enumerable.Range(0, 3000).SelectMany(i => Events($"held{i}", 3))];
        await using var line = Line(strict: true);
        var held = 0;
        for (Read(line, queue); line.NextBatch() is { } batch; Read(line, queue))
        {
            line.Release(batch, batch.Events.Select(one => one.Key));
            batch.Events.ToList().ForEach(one => line.Postpone(one, DateTimeOffset.MaxValue));
            held += batch.Events.Count;
        }

        Assert.Equal(3000, held);
        queue.AddRange(Events("other", 1));
        Read(line, queue);
        Assert.Equal("other", Assert.Single(line.NextBatch()!.Events).Key);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PLG10_Line_LetsEveryEventGo_InTheOrderOfItsId(bool strict)
    {
        var random = new Random(1);
        List<QueuedEvent> queue = [.. Enumerable.Range(0, 20_000).Select(i => Event($"d{(int)Math.Sqrt(random.Next(2500))}"))];
        await using var line = Line(strict);
        List<QueuedEvent> done = [];
        List<CellBatch> under = [];
        HashSet<string> tried = [];
        while (done.Count < queue.Count)
        {
            Read(line, queue);
            while (line.NextBatch() is { } batch)
                under.Add(batch);
            var next = under[random.Next(under.Count)];
            under.Remove(next);
            // Some ids are tried again once: in strict order that moves none of them out of its place.
            var again = strict ? next.Events.Where(one => random.Next(10) == 0 && tried.Add(one.Key)).ToList() : [];
            done.AddRange(next.Events.Except(again));
            line.Release(next, again.Select(one => one.Key));
            again.ForEach(one => line.Postpone(one, _time.GetUtcNow() + TimeSpan.FromSeconds(1)));
            if (under.Count == 0)
                _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.All(done.GroupBy(one => one.Key), of => Assert.Equal(of.Select(one => one.Sequence).Order(), of.Select(one => one.Sequence)));
    }

    [Fact]
    public async Task PLG10_Line_ReadsNoMoreThanItMayKeep()
    {
        List<QueuedEvent> queue = [.. Events("hot", 200).Select(one => one with { Body = new byte[1024 * 1024] })];
        await using var line = Line(strict: true);
        while (line.TakeDue() is > 0 and var room)
            Add(line, queue, Math.Min(room, 10));

        Assert.Equal(70, _read);
        for (var i = 0; i < 10; i++)
            line.Release(line.NextBatch()!, []);
        Assert.True(line.TakeDue() > 0);
    }

    [Fact]
    public async Task PLG10_Line_ForgetsWhatHasGone_AndThoseBehindItGoOn()
    {
        List<QueuedEvent> queue = [.. Events("a", 3)];
        await using var line = Line(strict: true);
        Read(line, queue);
        var first = line.NextBatch()!;
        line.Release(first, ["a"]);
        line.Postpone(first.Events[0], DateTimeOffset.MaxValue);
        Assert.Null(line.NextBatch());

        line.Forget(one => one.Sequence != 3);

        Assert.Equal(3, Assert.Single(line.NextBatch()!.Events).Sequence);
    }

    [Fact]
    public async Task PLG44_Line_ForSeveralCells_FillsEach_AndKeepsTheOrderOfAnId_WhileTheyBecomeMoreAndFewer()
    {
        var random = new Random(1);
        var replicas = 1;
        List<QueuedEvent> queue = [.. Enumerable.Range(0, 20_000).Select(i => Event($"d{random.Next(300)}"))];
        await using var line = new EventLine(new DispatchOptions { Batch = 10, Tasks = 4 }, _time, static () => { }, () => replicas);
        List<QueuedEvent> done = [];
        List<CellBatch> under = [];
        HashSet<int> used = [];
        while (done.Count < queue.Count)
        {
            replicas = 1 + (done.Count / 1000 % 3);
            Read(line, queue);
            while (line.NextBatch() is { } batch)
            {
                // Each id is with its own cell, and with one at a time.
                Assert.All(batch.Events, one => Assert.Equal(batch.Replica, KeySpread.ReplicaOf(one.Key, replicas)));
                Assert.Empty(batch.Events.Select(one => one.Key).Intersect(under.SelectMany(other => other.Events).Select(one => one.Key)));
                under.Add(batch);
                Assert.True(under.Count(other => other.Replica == batch.Replica) <= 4);
                used.Add(batch.Replica);
            }

            var next = under[random.Next(under.Count)];
            under.Remove(next);
            done.AddRange(next.Events);
            line.Release(next, []);
        }

        Assert.Equal([0, 1, 2], used.Order());
        Assert.All(done.GroupBy(one => one.Key), of => Assert.Equal(of.Select(one => one.Sequence).Order(), of.Select(one => one.Sequence)));
    }

    [Fact]
    public async Task PLG44_Line_TellsHowLongTheFirstEventWaits_ButNotOneThatIsTriedAgain()
    {
        await using var line = Line(strict: false);
        Assert.Equal(TimeSpan.Zero, line.Waiting);
        line.Add([Event("again") with { Attempts = 1, Received = _time.GetUtcNow() - TimeSpan.FromHours(1) }, Event("a") with { Received = _time.GetUtcNow() }]);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(TimeSpan.FromSeconds(3), line.Waiting);
        line.NextBatch();
        Assert.Equal(TimeSpan.Zero, line.Waiting);
    }

    private EventLine Line(bool strict) => new(new DispatchOptions { Strict = strict, Batch = 100, Tasks = 4 }, _time, static () => { });

    // As the dispatcher does, until enough is there or nothing is left.
    private void Read(EventLine line, List<QueuedEvent> queue)
    {
        while (_read < queue.Count && line.TakeDue() is > 0 and var room)
            Add(line, queue, room);
        line.TakeDue();
    }

    private void Add(EventLine line, List<QueuedEvent> queue, int count)
    {
        List<QueuedEvent> read = [.. queue.Skip(_read).Take(count).Select((one, index) => one with { Sequence = _read + index + 1 })];
        _read += read.Count;
        line.Add(read);
    }

    private static IEnumerable<QueuedEvent> Events(string key, int count) => Enumerable.Range(0, count).Select(_ => Event(key));

    private static QueuedEvent Event(string key) => new() { Tenant = 1, Key = key, Received = DateTimeOffset.UnixEpoch, Body = "{}"u8.ToArray() };
}
