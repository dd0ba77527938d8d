using System.Text;
using GripProxy.Channels.Publishing;
using GripProxy.Plugins.Capture;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Plugins.Tests.Pipeline;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Capture;

/// <summary>Plugins make events (plugins-api.md §3.9) that go the whole way: cell, host, queue, dispatcher, and through the chain again.</summary>
public sealed class CaptureTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly SqliteEventQueue _queue;
    private readonly CaptureParts _parts;
    private EventDispatcher? _dispatcher;

    public CaptureTests()
    {
        _queue = new SqliteEventQueue(_folder.File("events.db"), fullSync: false, new QueueLimits(), TimeProvider.System, NullLogger<SqliteEventQueue>.Instance);
        _parts = new CaptureParts
        {
            Options = new CaptureOptions { MaxDepth = 3, MostPerEvent = 4 },
            MaxEvent = 10_000,
            Queue = _queue,
            Stored = _ => _dispatcher!.Wake(),
            Time = TimeProvider.System,
        };
    }

    [Fact]
    public async Task PLG20_Capture_InAPlugin_IsAnEventOfItsOwn()
    {
        await using var pipeline = Start("""
            export async function processEvent(event) {
              if (event.event === 'order') await posthog.capture('paid', { total: 5, $lib: 'forged', when: new Date(0) })
              if (event.event === 'signup') await posthog.capture('welcome', { distinct_id: 'bob', timestamp: '2026-05-04T08:00:00Z', $set: { plan: 'pro' } })
              return event
            }
            """);
        await SendAsync("order", "signup");
        var ended = await pipeline.Published.EventsAsync(4);

        var paid = ended.Single(one => (string?)one["event"] == "paid");
        Assert.Equal(("plugin", 1), ((string?)paid["distinct_id"], (int?)paid["team_id"]));
        Assert.Equal(
            ["total", "when", "$lib", "$lib_version", "distinct_id", "$plugins_succeeded", "$plugins_failed"], paid["properties"]!.AsObject().Select(member => member.Key));
        Assert.Equal(("gripproxy-plugins", "1970-01-01T00:00:00.000Z"), ((string?)paid["properties"]!["$lib"], (string?)paid["properties"]!["when"]));
        Assert.True(Guid.TryParse((string?)paid["uuid"], out _));
        var welcome = ended.Single(one => (string?)one["event"] == "welcome");
        Assert.Equal(("bob", "2026-05-04T08:00:00.000Z", "pro"), ((string?)welcome["distinct_id"], (string?)welcome["timestamp"], (string?)welcome["properties"]!["$set"]!["plan"]));
    }

    [Fact]
    public async Task PLG20_Capture_OfWhatIsNoEvent_IsRefused()
    {
        await using var pipeline = Start("""
            export async function processEvent(event) {
              const errors = []
              for (const [name, properties] of [['', {}], [5, {}], [undefined], [{ __proto__: null }, 7], ['x', { distinct_id: {} }], ['x', { timestamp: [] }], ['x', { big: 'x'.repeat(20000) }]])
                await posthog.capture(name, properties).catch((error) => errors.push(error.name))
              await posthog.capture('fine', 7)
              const loop = {}; loop.loop = loop
              await posthog.capture('x', loop).catch((error) => errors.push(error.name))
              return event.event === 'fine' ? null : { ...event, properties: { errors } }
            }
            """);
        await SendAsync("a");

        var ended = Assert.Single(await pipeline.Published.EventsAsync(1));
        Assert.Equal(Enumerable.Repeat("TypeError", 8), ended["properties"]!["errors"]!.AsArray().Select(one => (string?)one));
    }

    [Theory]
    [InlineData("await posthog.capture('again')")]
    [InlineData("new Promise((resolve) => setTimeout(() => posthog.capture('again').then(resolve, resolve), 1))")]
    [InlineData("await Promise.all([1].map(async () => { await null; await posthog.capture('again') }))")]
    public async Task PLG20_Capture_ThatGoesRound_EndsAtTheDepth(string capture)
    {
        await using var pipeline = Start($$"""
            export async function processEvent(event) {
              try { {{capture}} } catch (error) { event.properties.error = error.message }
              return event
            }
            """);
        await SendAsync("first");

        // The first, and three more.
        var ended = await pipeline.Published.EventsAsync(4);
        Assert.Equal(["again", "again", "again", "first"], ended.Select(one => (string?)one["event"]).Order(StringComparer.Ordinal));
        await EmptyAsync();
        Assert.False(pipeline.Published.HasMore);
    }

    [Fact]
    public async Task PLG20_Depth_OfAnEvent_IsNotWhatThePluginOrSenderSays()
    {
        await using var pipeline = Start("""
            export async function processEvent(event) {
              await posthog.capture('again', { depth: 0, ticket: 0, $depth: 0 }).catch(() => {})
              return { ...event, depth: 0, ticket: 0 }
            }
            """);
        await _queue.EnqueueAsync([TestPipeline.Event("a", 0) with { Depth = 2, Body = Encoding.UTF8.GetBytes("""{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","event":"a","distinct_id":"d","team_id":1,"depth":0,"ticket":0,"properties":{}}""") }]);
        _dispatcher!.Wake();

        Assert.Equal(["a", "again"], (await pipeline.Published.EventsAsync(2)).Select(one => (string?)one["event"]).Order(StringComparer.Ordinal));
        await EmptyAsync();
        Assert.False(pipeline.Published.HasMore);
    }

    [Fact]
    public async Task PLG20_Captures_OfOneEvent_AreSoManyAtMost()
    {
        await using var pipeline = Start("""
            export async function processEvent(event) {
              if (event.event !== 'many') return null
              const done = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => posthog.capture(`c${i}`)))
              event.properties.done = done.map((one) => one.status)
              return event
            }
            """);
        await SendAsync("many", "many");

        Assert.All(await pipeline.Published.EventsAsync(2), one => Assert.Equal(["fulfilled", "fulfilled", "fulfilled", "fulfilled", "rejected", "rejected"], one["properties"]!["done"]!.AsArray().Select(state => (string?)state)));
    }

    [Fact]
    public async Task PLG20_Capture_ThatAnInstallSkips_IsSeenByOthersOnly()
    {
        const string Counts = """
            export async function processEvent(event) {
              if (event.event === 'a') await posthog.capture('mine')
              return event
            }
            """;
        await using var pipeline = Start(install => install with { SkipOwnCaptures = install.Number == 1 }, Counts, "export const processEvent = (event) => event");
        await SendAsync("a");

        var ended = await pipeline.Published.EventsAsync(2);
        Assert.Equal("""["p2 (2)"]""", ended.Single(one => (string?)one["event"] == "mine")["properties"]!["$plugins_succeeded"]!.ToJsonString());
        Assert.Equal("""["p1 (1)","p2 (2)"]""", ended.Single(one => (string?)one["event"] == "a")["properties"]!["$plugins_succeeded"]!.ToJsonString());
    }

    [Fact]
    public async Task PLG33_Event_ThatAnInstallIgnores_PassesItBy()
    {
        const string Drops = "export const processEvent = () => null";
        const string Renames = "export const processEvent = (event) => ({ ...event, event: event.event === 'b' ? 'a' : event.event })";
        await using var pipeline = Start(install => install.Number == 2 ? install with { EventsToIgnore = ["a"] } : install, Renames, Drops);

        var fates = await pipeline.RunAsync("a", "b", "c");

        // What counts is what the event is called when it comes to the install.
        Assert.Equal([true, true, false], fates.Select(fate => fate.Event is not null));
        Assert.All(fates.Take(2), fate => Assert.Equal([1], fate.Passed.Select(status => status.Install.Number)));
    }

    [Fact]
    public async Task PLG05_Batch_ThatGivesMore_CapturesTheSurplus()
    {
        await using var pipeline = Start("""
            export const processEventBatch = (events) => events[0].event !== 'split' ? events : [
              { ...events[0], event: 'kept' },
              { ...events[0], event: 'more', distinct_id: 'bob', properties: { n: 1 } },
              { event: 'most', distinct_id: 'carol', timestamp: '2026-05-04T08:00:00Z' },
            ]
            """);
        await SendAsync("split");
        var ended = (await pipeline.Published.EventsAsync(3)).ToDictionary(one => (string)one["event"]!);

        Assert.Equal(("bob", 1), ((string?)ended["more"]["distinct_id"], (int?)ended["more"]["properties"]!["n"]));
        Assert.Equal(("carol", "2026-05-04T08:00:00.000Z"), ((string?)ended["most"]["distinct_id"], (string?)ended["most"]["timestamp"]));
        Assert.Equal(3, ended.Values.Select(one => (string?)one["uuid"] ?? "").Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task PLG05_Batch_ThatSplitsForEver_EndsAtTheDepth()
    {
        await using var pipeline = Start("export const processEventBatch = (events) => [...events, { ...events[0], event: 'more' }]");
        await SendAsync("first");

        // The fourth may not capture any more: its plugin failed, and it goes on as it was.
        var ended = await pipeline.Published.EventsAsync(4);
        Assert.Equal(["first", "more", "more", "more"], ended.Select(one => (string?)one["event"]));
        Assert.Equal("""["p1 (1)"]""", ended[3]["properties"]!["$plugins_failed"]!.ToJsonString());
        await EmptyAsync();
        Assert.False(pipeline.Published.HasMore);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_dispatcher is not null)
            await _dispatcher.DisposeAsync();
        await _queue.DisposeAsync();
        _folder.Dispose();
    }

    private TestPipeline Start(string source) => Start(install => install, source);

    private TestPipeline Start(Func<Install, Install> shape, params string[] sources)
    {
        var pipeline = new TestPipeline(_parts, shape, sources);
        _dispatcher = new EventDispatcher(
            new DispatcherParts
            {
                Tenant = pipeline.Tenant,
                Queue = _queue,
                Runner = pipeline.Runner,
                Publisher = new EventPublisher(new LiveTenant(pipeline.Tenant), items => pipeline.Publishing.Publish(items, PublisherDoor.Plugin), static _ => ValueTask.FromResult(1L), static _ => { }, annotate: true),
                Options = new DispatchOptions(),
                Time = TimeProvider.System,
                Random = new Random(1),
            },
            NullLogger<EventDispatcher>.Instance);
        _dispatcher.Start();
        return pipeline;
    }

    private async Task SendAsync(params string[] names)
    {
        await _queue.EnqueueAsync([.. names.Select((name, index) => TestPipeline.Event(name, index))]);
        _dispatcher!.Wake(); // Started by the test.
    }

    private async Task EmptyAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (_queue.Usage(1).Events > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
