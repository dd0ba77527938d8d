using System.Text.Json.Nodes;
using GripProxy.Channels.Publishing;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Routing;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Events;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Protocol.Items;
using GripProxy.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Pipeline;

/// <summary>Each event is seen to its end (plugins.md §8).</summary>
public sealed class EventDispatcherTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly SqliteEventQueue _queue;

    public EventDispatcherTests() =>
        _queue = new SqliteEventQueue(_folder.File("events.db"), fullSync: false, new QueueLimits(), _time, NullLogger<SqliteEventQueue>.Instance);

    [Fact]
    public async Task PLG10_Event_WhosePluginAsksForAnotherTry_WaitsAndIsDoneThen()
    {
        await using var pipeline = Pipeline("let tries = 0\nexport const processEvent = (event) => { if (++tries === 1) throw new RetryError('later'); return event }");
        await using var dispatcher = Dispatcher(pipeline);
        await _queue.EnqueueAsync([TestPipeline.Event("a", 0)]);
        dispatcher.Start();
        await UntilAsync(async () => (await _queue.ReadAsync(1, 0, 1)) is [{ Attempts: 1 }]);
        var waiting = Assert.Single(await _queue.ReadAsync(1, 0, 1));

        // 3 s after the first attempt, ten percent more or less.
        Assert.InRange((waiting.NotBefore!.Value - _time.GetUtcNow()).TotalSeconds, 2.7, 3.3);
        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _queue.Usage(1).Events == 0);
        Assert.Equal(0, _queue.DeadLetters.Count(1, DeadLetterFilter.All));
    }

    [Fact]
    public async Task PLG10_Event_ThatAsksForEver_IsADeadLetterAfterTenAttempts()
    {
        await using var pipeline = Pipeline("export const processEvent = (event) => { if (event.event === 'bad') throw new RetryError('never'); return event }");
        // The plugin is there before the clock is moved, so that no event passes it by.
        await pipeline.RunAsync("good");
        await using var dispatcher = Dispatcher(pipeline);
        await _queue.EnqueueAsync([TestPipeline.Event("bad", 0), TestPipeline.Event("good", 1)]);
        dispatcher.Start();

        await AdvanceUntilAsync(TimeSpan.FromSeconds(30), () => _queue.Usage(1).Events == 0);

        var dead = Assert.Single(_queue.DeadLetters.List(1, DeadLetterFilter.All, 0, 10));
        Assert.StartsWith("RetryError (attempt 10/10): never", _queue.DeadLetters.Get(1, dead.Id)!.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG10_Event_WhoseEndCannotBeStored_IsNotPublishedAgain_AndLeavesOnceItCan()
    {
        await using var pipeline = Pipeline("export const processEvent = (event) => event");
        await using var dispatcher = Dispatcher(pipeline);
        await _queue.EnqueueAsync([TestPipeline.Event("a", 0)]);
        using (new SealedTable(_folder.File("events.db"), "DELETE ON events"))
        {
            dispatcher.Start();
            Assert.Single(await pipeline.Published.EventsAsync(1));
        }

        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _queue.Usage(1).Events == 0);
        Assert.False(pipeline.Published.HasMore);
    }

    [Fact]
    public async Task PLG10_DeadLetter_ThatCannotBeStored_IsStoredOnceItCan()
    {
        await using var pipeline = Pipeline("export const processEvent = (event) => { event.properties.long = 'x'.repeat(10_000); return event }");
        var heard = new HeardLog<EventDispatcher>();
        await using var dispatcher = Dispatcher(pipeline, logger: heard);
        await _queue.EnqueueAsync([TestPipeline.Event("a", 0)]);
        using (new SealedTable(_folder.File("events.db"), "INSERT ON dead_letters"))
        {
            dispatcher.Start();
            await heard.HearAsync("EventBuried");
        }

        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _queue.DeadLetters.Count(1, DeadLetterFilter.All) == 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PLG10_Event_WhoseNextTryCannotBeStored_IsTriedAgainOnceItCan(bool strict)
    {
        await using var pipeline = Pipeline("let tries = 0\nexport const processEvent = (event) => { if (event.event === 'a0' && ++tries === 1) throw new RetryError('later'); return event }");
        // The plugin is there before the clock is moved.
        await pipeline.RunAsync("first");
        List<int> attempts = [];
        var queue = new FailingQueue(_queue, static () => null)
        {
            Postpones = postponed =>
            {
                attempts.Add(postponed.Attempts);
                return attempts.Count switch { 1 => throw new IOException("away"), 2 => false, _ => true };
            },
        };
        await using var dispatcher = Dispatcher(pipeline, strict: strict, queue: queue);
        await _queue.EnqueueAsync([Named("a0")]);
        dispatcher.Start();

        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _queue.Usage(1).Events == 0);

        Assert.Equal([1, 1, 1], attempts);
        Assert.Equal("a0", (string?)(await pipeline.Published.EventsAsync(1))[0]["event"]);
    }

    [Fact]
    public async Task PLG04_Events_OfOneIdInManyBatches_KeepTheirOrder()
    {
        await using var pipeline = Pipeline("""
            const last = {}
            export async function processEvent(event) {
              await new Promise((resolve) => setTimeout(resolve, Math.random() * 3))
              const n = Number(event.event)
              if (n < (last[event.distinct_id] ?? -1)) throw new RetryError('out of order')
              last[event.distinct_id] = n
              return event
            }
            """);
        await using var dispatcher = Dispatcher(pipeline, batch: 7);
        for (var i = 0; i < 300; i++)
            await _queue.EnqueueAsync([TestPipeline.Event($"{i}", 0) with { Key = $"d{i % 3}", Body = System.Text.Encoding.UTF8.GetBytes($"{{\"event\":\"{i}\",\"distinct_id\":\"d{i % 3}\",\"team_id\":1}}") }]);
        dispatcher.Start();

        await UntilAsync(() => Task.FromResult(_queue.Usage(1).Events == 0));

        Assert.Equal(0, _queue.DeadLetters.Count(1, DeadLetterFilter.All));
    }

    [Theory]
    [InlineData(true, """{"$plugins_succeeded":["p1 (1)"],"$plugins_failed":[],"$plugins_deferred":["p2 (2)"]}""")]
    [InlineData(false, "{}")]
    public async Task PLG07_Event_ThatAPluginSeesOnlyLater_SaysSo(bool annotate, string properties)
    {
        await using var pipeline = new TestPipeline(
            _time, new SupervisionOptions { Idle = TimeSpan.Zero, StartWait = TimeSpan.FromDays(1) }, TestPipeline.ClockTurns,
            "export const processEvent = (event) => event", "export const onEvent = () => {}");
        await pipeline.RunAsync("first");
        await using var dispatcher = Dispatcher(pipeline, annotate: annotate);
        await _queue.EnqueueAsync([TestPipeline.Event("a", 0)]);
        dispatcher.Start();

        Assert.Equal(properties, (await pipeline.Published.EventsAsync(1))[0]["properties"]!.ToJsonString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PLG07_OnEvent_IsToldWhoSeesTheEventOnlyLater_AlsoWhereItIsNotPublished(bool annotate)
    {
        await using var pipeline = new TestPipeline(
            _time, new SupervisionOptions { Idle = TimeSpan.Zero, StartWait = TimeSpan.FromDays(1) }, TestPipeline.ClockTurns,
            "export const processEvent = (event) => event", "export const onEvent = () => {}");
        // What a plugin exports is known once it was loaded.
        await pipeline.RunAsync("first");
        var passed = (await pipeline.RunAsync("second")).Single();
        var publisher = new EventPublisher(new LiveTenant(pipeline.Tenant), static _ => { }, static _ => ValueTask.FromResult(1L), static _ => { }, annotate);

        var (_, fate) = Assert.Single(await publisher.PublishAsync([(TestPipeline.Event("second", 0), passed)], static _ => true));

        using var seen = CellJson.Parse(fate.Final!.Value); // It was published.
        Assert.Equal("""["p2 (2)"]""", seen.RootElement.GetProperty("properties").GetProperty("$plugins_deferred").GetRawText());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task PLG18_Batches_UnderWayAtATime_AreAsManyAsMayBe(int tasks)
    {
        // Nobody goes on before as many are there as may be; whoever is one more shows in `most`.
        await using var pipeline = Pipeline($$"""
            let under = 0, most = 0, open
            const full = new Promise((resolve) => { open = resolve })
            export async function processEvent(event) {
              most = Math.max(most, ++under)
              if (under === {{tasks}}) open()
              await full
              await new Promise((resolve) => setTimeout(resolve, 5))
              under--
              event.properties.most = most
              return event
            }
            """);
        for (var i = 0; i < 40; i++)
            await _queue.EnqueueAsync([TestPipeline.Event("e", i)]);
        await using var dispatcher = Dispatcher(pipeline, batch: 1, tasks: tasks);
        dispatcher.Start();

        var published = await pipeline.Published.EventsAsync(40);

        Assert.Equal(tasks, published.Max(one => (int)one["properties"]!["most"]!));
    }

    [Theory]
    [InlineData(true, "b0 a0 a1 a2")]
    [InlineData(false, "b0 a1 a2 a0")]
    public async Task PLG10_Events_BehindOneThatIsTriedAgain_WaitInStrictOrder(bool strict, string expected)
    {
        await using var pipeline = Pipeline("""
            let tries = 0
            export const processEvent = (event) => { if (event.event === 'a0' && ++tries < 3) throw new RetryError('later'); return event }
            """);
        await pipeline.RunAsync("first");
        await using var dispatcher = Dispatcher(pipeline, strict: strict);
        await _queue.EnqueueAsync([Named("a0"), Named("b0"), Named("a1"), Named("a2")]);
        dispatcher.Start();
        // Nothing that may overtake is left when the time of the other comes.
        await UntilAsync(async () => (await _queue.ReadAsync(1, 0, 10)) is [{ Attempts: 1 }, ..] waiting && waiting.Count == (strict ? 3 : 1));

        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _queue.Usage(1).Events == 0);

        var published = await pipeline.Published.EventsAsync(4);
        Assert.Equal(expected, string.Join(' ', published.Select(one => (string?)one["event"])));
    }

    [Fact]
    public async Task PLG10_Events_BehindOneThatIsGivenUp_GoOnInStrictOrder()
    {
        await using var pipeline = Pipeline("export const processEvent = (event) => { if (event.event === 'a0') throw new RetryError('never'); return event }");
        await pipeline.RunAsync("first");
        await using var dispatcher = Dispatcher(pipeline, strict: true);
        await _queue.EnqueueAsync([Named("a0"), Named("a1")]);
        dispatcher.Start();

        await AdvanceUntilAsync(TimeSpan.FromSeconds(30), () => _queue.Usage(1).Events == 0);

        Assert.Equal("a1", (string?)(await pipeline.Published.EventsAsync(1))[0]["event"]);
        Assert.Equal(1, _queue.DeadLetters.Count(1, DeadLetterFilter.All));
    }

    [Fact]
    public async Task PLG04_Events_WhoseCellDidNotStart_KeepTheirOrder()
    {
        var launcher = _folder.File("launch");
        await using var pipeline = new TestPipeline(_time, TestRuntime.Launch with { Launcher = [launcher] }, "export const processEvent = (event) => event");
        var failures = new FailureCounter();
        await using var dispatcher = Dispatcher(pipeline, logger: failures);
        await _queue.EnqueueAsync([Named("a0"), Named("a1"), Named("a2"), Named("a3")]);
        dispatcher.Start();
        await UntilAsync(() => Task.FromResult(failures.Count > 0));

        // Runs the command that stands behind it.
        File.CreateSymbolicLink(launcher, "/usr/bin/env");
        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _queue.Usage(1).Events == 0);

        var published = await pipeline.Published.EventsAsync(4);
        Assert.Equal("a0 a1 a2 a3", string.Join(' ', published.Select(one => (string?)one["event"])));
    }

    [Fact]
    public async Task PLG43_Dispatcher_ThatEnds_WaitsUntilTheEndOfWhatItPublishedIsStored()
    {
        await using var pipeline = Pipeline("export const processEvent = (event) => event");
        var removing = new TaskCompletionSource();
        var removed = new TaskCompletionSource();
        var queue = new FailingQueue(_queue, static () => null)
        {
            Removing = () =>
            {
                removing.TrySetResult();
                return removed.Task;
            },
        };
        var dispatcher = Dispatcher(pipeline, queue: queue);
        await _queue.EnqueueAsync([TestPipeline.Event("a", 0)]);
        dispatcher.Start();
        await removing.Task.WaitAsync(TimeSpan.FromSeconds(60));

        var ending = dispatcher.DisposeAsync().AsTask();
        for (var second = 0; second < 10; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.False(ending.IsCompleted);
        removed.SetResult();
        await ending.WaitAsync(TimeSpan.FromSeconds(60));
        // Who takes its place finds nothing to publish once more.
        Assert.Empty(await _queue.ReadAsync(1, 0, 10));
        Assert.Single(await pipeline.Published.EventsAsync(1));
    }

    [Fact]
    public async Task PLG43_Dispatcher_ThatHasEnded_PublishesNothingMore()
    {
        await using var pipeline = Pipeline("""
            export const processEvent = async (event, { jobs }) => { if (event.event === 'a') await jobs.held({}).runNow(); return event }
            export const jobs = { held: () => {} }
            """);
        var held = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        pipeline.EnqueueJob = async (_, _) =>
        {
            held.TrySetResult();
            await go.Task;
            return HostAnswer.Nothing;
        };
        await pipeline.RunAsync("first");
        var dispatcher = Dispatcher(pipeline);
        await _queue.EnqueueAsync([TestPipeline.Event("a", 0)]);
        dispatcher.Start();
        await held.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var ending = dispatcher.DisposeAsync().AsTask();
        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => ending.IsCompleted);

        go.SetResult();
        await pipeline.RunAsync("last");

        // The other has its answer by now, too.
        Assert.False(pipeline.Published.HasMore);
        Assert.Single(await _queue.ReadAsync(1, 0, 10));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _queue.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task PLG44_Publisher_NumbersOnlyWhatBecomesAnItem_PublishesOnlyWhatIsStillItsOwn_AndNothingWithoutNumbers()
    {
        List<Item> items = [];
        List<string> asked = [];
        var away = false;
        var routes = new RouteReader([]).ReadAll(JsonNode.Parse("""[{"channel":"c","id":"seq"},{"channel":"{properties.missing}","id":"seq"}]""")!, "routes");
        var live = new LiveTenant(new Tenant { Name = "acme", Number = 1, ChannelPrefix = "", Routes = routes });
        var publisher = new EventPublisher(live, items.AddRange, NumberAsync, static _ => { }, annotate: false);
        var first = TestPipeline.Event("a", 1);
        var second = TestPipeline.Event("a", 2);

        var ended = await publisher.PublishAsync([(first, EventFate.GoesOn(first.Body, [])), (second, EventFate.GoesOn(second.Body, []))], one => one == second);
        Assert.Same(second, Assert.Single(ended).Event);
        Assert.Equal(("2", "1"), (items[0].Id, items[0].PrevId));
        Assert.Equal(["c", "c"], asked);
        away = true;

        await Assert.ThrowsAsync<StateUnavailableException>(async () => await publisher.PublishAsync([(first, EventFate.GoesOn(first.Body, []))], static _ => true));
        Assert.Single(items);

        ValueTask<long> NumberAsync(string channel)
        {
            asked.Add(channel);
            return away ? throw new StateUnavailableException("away") : ValueTask.FromResult((long)asked.Count);
        }
    }

    private TestPipeline Pipeline(string source) => new(_time, new SupervisionOptions { Idle = TimeSpan.Zero, StartWait = TimeSpan.FromDays(1) }, TestPipeline.ClockTurns, source);

    // The letter is who it is about.
    private static QueuedEvent Named(string name) =>
        TestPipeline.Event(name, 0) with { Key = name[..1], Body = System.Text.Encoding.UTF8.GetBytes($$"""{"uuid":"{{Guid.CreateVersion7()}}","event":"{{name}}","distinct_id":"{{name[0]}}","team_id":1}""") };

    private EventDispatcher Dispatcher(TestPipeline pipeline, int batch = 100, bool strict = false, bool annotate = true, int tasks = 10, ILogger<EventDispatcher>? logger = null, IEventQueue? queue = null) => new(
        new DispatcherParts
        {
            Tenant = pipeline.Tenant,
            Queue = queue ?? _queue,
            Runner = pipeline.Runner,
            Publisher = new EventPublisher(new LiveTenant(pipeline.Tenant), items => pipeline.Publishing.Publish(items, PublisherDoor.Plugin), static _ => ValueTask.FromResult(1L), static _ => { }, annotate),
            Options = new DispatchOptions { Batch = batch, Strict = strict, Tasks = tasks },
            Time = _time,
            Random = new Random(1),
        },
        logger ?? NullLogger<EventDispatcher>.Instance);

    // What is waited for happens on other threads and says nothing.
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Task AdvanceUntilAsync(TimeSpan step, Func<bool> isSo) => UntilAsync(() =>
    {
        if (isSo())
            return Task.FromResult(true);
        _time.Advance(step);
        return Task.FromResult(false);
    });

    /// <summary>Counts what is told as an error. Thread-safe.</summary>
    private sealed class FailureCounter : ILogger<EventDispatcher>
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
                Interlocked.Increment(ref _count);
        }
    }
}
