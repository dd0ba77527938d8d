using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Channels.Publishing;
using GripProxy.Plugins.Capture;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Post.Webhooks;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Plugins.Tests.Pipeline;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Post;

/// <summary>From the queue through a real cell to what comes after: what plugins see (plugins.md §7.5-7.7, plugins-api.md §3.4).</summary>
public sealed class PostCellTests : IAsyncLifetime
{
    private const string Recorder = """
        const seen = []
        const record = (method) => (value) => { seen.push([method, value]) }
        exports.functions = { seen: () => seen }
        """;

    private readonly TempFolder _folder = new();
    private readonly EgressClient _egress = new(new EgressOptions(), static () => [], TimeProvider.System);
    private readonly SqliteEventQueue _queue;

    public PostCellTests() =>
        _queue = new SqliteEventQueue(_folder.File("events.db"), fullSync: false, new QueueLimits(), TimeProvider.System, NullLogger<SqliteEventQueue>.Instance);

    [Fact]
    public async Task PLG07_OnEvent_GetsTheEventAsItWasPublished_WithPersonPropertiesOnTop()
    {
        var seen = await RunAsync(
            Recorder + "\nexports.processEvent = (event) => { event.properties.plan = 'pro'; return event }\nexports.onEvent = record('onEvent')",
            """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","event":"signup","distinct_id":"anna","team_id":1,"ip":null,"now":"2026-05-04T10:00:00Z","timestamp":"2026-05-04T10:00:00+02:00","properties":{"$set":{"a":1}}}""");

        Assert.Equal("onEvent", (string?)seen[0]![0]);
        var got = seen[0]![1]!;
        Assert.Equal("pro", (string?)got["properties"]!["plan"]);
        Assert.Equal("2026-05-04T08:00:00.000Z", (string?)got["timestamp"]);
        Assert.Equal("""{"a":1}""", got["$set"]!.ToJsonString());
        Assert.Equal("""{"a":1}""", got["properties"]!["$set"]!.ToJsonString());
        Assert.Equal("""["p1 (1)"]""", got["properties"]!["$plugins_succeeded"]!.ToJsonString());
        Assert.False(got.AsObject().ContainsKey("now") || got.AsObject().ContainsKey("offset") || got.AsObject().ContainsKey("sent_at"));
    }

    [Fact]
    public async Task PLG07_OnEvent_OfAClick_HasItsElements()
    {
        var seen = await RunAsync(
            Recorder + "\nexports.onEvent = record('onEvent')",
            """
            {"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","event":"$autocapture","distinct_id":"anna","team_id":1,"properties":{"$elements":[
              {"tag_name":"a","$el_text":"Buy","attr__class":"big  red","attr__id":"buy","attr__href":"/buy","nth_child":2,"nth_of_type":1}]}}
            """);

        Assert.Equal(
            """[{"text":"Buy","tag_name":"a","href":"/buy","attr_class":["big","red"],"attr_id":"buy","nth_child":2,"nth_of_type":1,"attributes":{"attr__class":"big  red","attr__id":"buy","attr__href":"/buy"}}]""",
            seen[0]![1]!["elements"]!.ToJsonString());
        Assert.Null(seen[0]![1]!["properties"]!["$elements"]);
    }

    [Fact]
    public async Task PLG09_ComposeWebhook_GetsTheNewerShapeWithADate()
    {
        var seen = await RunAsync(
            """
            const seen = []
            const look = (event) => seen.push([event.timestamp instanceof Date, event.timestamp.toISOString(), Object.keys(event).sort().join()])
            exports.composeWebhook = (event) => { look(event); return null }
            exports.onEventWithPostHogEvent = (event) => { look(event) }
            exports.functions = { seen: () => seen }
            """,
            """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","event":"signup","distinct_id":"anna","team_id":1,"ip":"192.0.2.1","timestamp":"2026-05-04T10:00:00Z","properties":{"$set":{"a":1}}}""",
            count: 2);

        const string Expected = """[true,"2026-05-04T10:00:00.000Z","distinct_id,event,properties,team_id,timestamp,uuid"]""";
        Assert.Equal([Expected, Expected], seen.Select(one => one!.ToJsonString()));
    }

    [Fact]
    public async Task PLG07_Snapshot_PassesNoChain()
    {
        var seen = await RunAsync(
            Recorder + "\nexports.processEvent = () => null\nexports.onSnapshot = record('onSnapshot')\nexports.onEvent = record('onEvent')",
            """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","event":"$snapshot","distinct_id":"anna","team_id":1,"properties":{}}""");

        Assert.Equal("onSnapshot", (string?)Assert.Single(seen)![0]);
    }

    [Fact]
    public async Task PLG12_Job_OfAPlugin_RunsWithItsPayload()
    {
        var seen = await RunAsync(
            Recorder + """

            exports.jobs = { greet: record('greet') }
            exports.processEvent = async (event, { jobs }) => {
              await jobs.greet({ name: 'anna' }).runNow()
              await jobs.greet({ name: 'berta' }).runIn(0.01, 'seconds')
              await jobs.greet().runAt(new Date(0))
              seen.push(['unknown', await jobs.greet().runIn(1, 'fortnights').catch((error) => error.message)])
              seen.push(['prototype', await jobs.greet().runIn(1, 'constructor').catch((error) => error.message)])
              seen.push(['large', await jobs.greet('x'.repeat(300000)).runNow().catch((error) => error.name)])
              return null
            }
            """,
            """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","event":"a","distinct_id":"anna","team_id":1}""",
            count: 6);

        var texts = seen.Select(one => one!.ToJsonString()).ToList();
        Assert.Contains("""["greet",{"name":"anna"}]""", texts);
        Assert.Contains("""["greet",{"name":"berta"}]""", texts);
        Assert.Contains("""["greet",null]""", texts);
        Assert.Contains("""["unknown","Unknown time unit: fortnights"]""", texts);
        Assert.Contains("""["prototype","Unknown time unit: constructor"]""", texts);
        Assert.Contains("""["large","RangeError"]""", texts);
    }

    [Fact]
    public async Task PLG06_Schedule_OfAPlugin_IsKnownAndItsRunIsCalled()
    {
        await using var pipeline = new TestPipeline("""
            let runs = 0
            export const schedule = {
              report: { cron: '*/5 * * * *', run: (meta) => `${++runs} of ${Object.keys(meta).includes('config')}` },
              hourly: ['old', 'shape'], odd: { cron: 7, run: () => {} }, none: null,
            }
            export function runEveryMinute() { return 'minute' }
            """);
        var calls = new KeptCalls(pipeline.Keeper, new EventParents());
        await calls.LoadAsync();

        var plugin = Assert.Single(calls.Plugins);
        Assert.Equal([("report", "*/5 * * * *")], plugin.Capabilities!.Schedules.Select(task => (task.Name, task.Cron)));
        Assert.True(plugin.Capabilities.Has("runEveryMinute"));
        Assert.Equal("\"1 of true\"", Encoding.UTF8.GetString((await calls.CallAsync(1, "schedule.report", default))!.Value.Span));
        Assert.Equal("IllegalOperationError", (await calls.CallAsync(1, "schedule.hourly", default))!.Error!.Name);
    }

    [Fact]
    public async Task PLG08_ExportBuffer_IsFlushedBeforeTeardown()
    {
        await using var pipeline = new TestPipeline("""
            let exported = 0
            export async function exportEvents(events, { storage }) { exported += events.length; await storage.set('exported', exported) }
            export async function teardownPlugin({ storage }) { await storage.set('at teardown', exported) }
            """);
        await using var stage = Stage(pipeline);
        stage.Start();
        await using (var dispatcher = Dispatcher(pipeline, stage))
        {
            await _queue.EnqueueAsync([TestPipeline.Event("a", 0), TestPipeline.Event("b", 0)]);
            dispatcher.Wake();
            await TestStage.UntilAsync(() => _queue.Usage(1) is { Events: 2 } && _queue.Post.Count(1) == 2);
        }

        // A new cell takes the place of this one, which is drained.
        await pipeline.Keeper.RestartAsync();
        await TestStage.UntilAsync(() => pipeline.Stored("p1", "at teardown") is not null);

        Assert.Equal("2", pipeline.Stored("p1", "at teardown"));
        Assert.Equal(0, _queue.Post.Count(1));
    }

    [Fact]
    public async Task PLG07_Call_ThatEndsTheProcess_IsADeadLetterAndOthersAreDone()
    {
        var seen = await RunAsync(
            """
            exports.onEvent = async (event, { storage }) => {
              if (event.event === 'poison') (await Function("return import('node:process')")()).exit(1)
              await storage.set(event.event, true)
            }
            exports.functions = { seen: async ({ storage }) => await storage.get('fine') ? [1] : [] }
            """,
            """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","event":"poison","distinct_id":"anna","team_id":1}""",
            """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ac","event":"fine","distinct_id":"berta","team_id":1}""");

        Assert.Single(seen);
        var dead = Assert.Single(_queue.DeadLetters.List(1, DeadLetterFilter.All, 0, 10));
        Assert.Equal(("onEvent", "poison"), (dead.Stage, dead.Event));
        Assert.StartsWith("crashed_worker: Exited", dead.Error, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _queue.DisposeAsync();
        _egress.Dispose();
        _folder.Dispose();
    }

    private Task<JsonArray> RunAsync(string source, string @event, int count = 1) => RunAsync(source, [@event], count);

    private Task<JsonArray> RunAsync(string source, string first, string second) => RunAsync(source, [first, second], 1);

    // Takes events through everything and asks the plugin what it has seen.
    private async Task<JsonArray> RunAsync(string source, string[] events, int count)
    {
        await using var pipeline = new TestPipeline(source);
        await using var stage = Stage(pipeline);
        var jobs = new JobIntake(1, _queue.Post, TimeProvider.System) { Stored = stage.Stored };
        pipeline.EnqueueJob = jobs.EnqueueAsync;
        stage.Start();
        await using var dispatcher = Dispatcher(pipeline, stage);
        foreach (var one in events)
            await _queue.EnqueueAsync([TestPipeline.Event("", 0) with { Key = one, Received = new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero), Body = Encoding.UTF8.GetBytes(one) }]);
        dispatcher.Wake();
        await TestStage.UntilAsync(() => _queue.Usage(1).Events == 0);
        var calls = new KeptCalls(pipeline.Keeper, new EventParents());
        while (true)
        {
            if (await SeenAsync(calls) is { } seen && seen.Count >= count && _queue.Usage(1).Events == 0)
                return seen;
        }
    }

    // Null: the process ended meanwhile, over what a test makes the plugin do.
    private static async Task<JsonArray?> SeenAsync(KeptCalls calls)
    {
        try
        {
            return await calls.CallAsync(1, "functions.seen", default) is { } answer ? JsonNode.Parse(answer.Value.Span)!.AsArray() : null;
        }
        catch (WorkerEndedException)
        {
            return null;
        }
    }

    private PostStage Stage(TestPipeline pipeline)
    {
        var stage = new PostStage(
            new PostParts
            {
                Tenant = pipeline.Tenant,
                Queue = _queue.Post,
                Calls = new KeptCalls(pipeline.Keeper, new EventParents()),
                Webhooks = new WebhookSender(_egress, TimeProvider.System),
                Time = TimeProvider.System,
                Random = new Random(1),
            },
            NullLogger<PostStage>.Instance);
        pipeline.Keeper.Leaving = (running, copy, late) => stage.FlushAsync(copy.Install, (method, argument) => running.Cell.CallAsync(copy.Copy, method, argument), late);
        return stage;
    }

    private EventDispatcher Dispatcher(TestPipeline pipeline, PostStage stage)
    {
        var dispatcher = new EventDispatcher(
            new DispatcherParts
            {
                Tenant = pipeline.Tenant,
                Queue = _queue,
                Runner = pipeline.Runner,
                Publisher = new EventPublisher(new LiveTenant(pipeline.Tenant), items => pipeline.Publishing.Publish(items, PublisherDoor.Plugin), static _ => ValueTask.FromResult(1L), static _ => { }, annotate: false),
                Post = stage,
                Options = new DispatchOptions(),
                Time = TimeProvider.System,
                Random = new Random(1),
            },
            NullLogger<EventDispatcher>.Instance);
        dispatcher.Start();
        return dispatcher;
    }
}
