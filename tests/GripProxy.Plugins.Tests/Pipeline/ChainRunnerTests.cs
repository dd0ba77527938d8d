using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Supervision;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Pipeline;

/// <summary>Set-up, faults and the search for whoever did it (plugins.md §5.4, §6.5).</summary>
public sealed class ChainRunnerTests
{
    private const string Marks = "exports.processEvent = (event) => { event.properties.marked = (event.properties.marked ?? 0) + 1; return event }";

    private const string Poisoned = """
        exports.processEvent = async (event) => {
          if (event.event === 'poison') (await Function("return import('node:process')")()).exit(1)
          return event
        }
        """;

    [Fact]
    public async Task PLG17_Cell_ThatWasIdleForLong_IsNotTakenForHung()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch);
        await using var pipeline = new TestPipeline(
            time, new SupervisionOptions { Idle = TimeSpan.Zero, StartWait = TimeSpan.FromDays(1) }, new WorkerLimits(),
            """
            let n = 0
            export async function processEvent(event) {
              n++
              // Longer than it takes until somebody looks after it.
              if (event.event === 'slow') await new Promise((resolve) => setTimeout(resolve, 700))
              return { ...event, properties: { n } }
            }
            """);
        await pipeline.RunAsync("first");
        time.Advance(TimeSpan.FromHours(1));

        var fates = await pipeline.RunAsync("slow");

        // In another process it would be the first again.
        Assert.Equal(2, (int?)TestPipeline.Properties(fates[0])["n"]);
    }

    [Fact]
    public async Task PLG17_Batch_OfACellThatTookMoreThanItsShare_IsDelayed()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch);
        await using var pipeline = new TestPipeline(
            time, new SupervisionOptions { Idle = TimeSpan.Zero, StartWait = TimeSpan.FromDays(1) }, new WorkerLimits { ProcessorPercent = 1, Hang = TimeSpan.FromDays(1) },
            "export const processEvent = (event) => { const end = Date.now() + 1500; while (event.event === 'busy' && Date.now() < end); return event }");
        // More than a minute's share, which is 0.6 s.
        var busy = pipeline.RunAsync("busy");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (pipeline.Keeper.PauseOf(0) == TimeSpan.Zero)
        {
            patience.Token.ThrowIfCancellationRequested();
            // Where the machine does much else, it does not get that much at once.
            if (busy.IsCompleted)
                busy = pipeline.RunAsync("busy");
            await Task.Yield();
        }

        var next = pipeline.RunAsync("idle");
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromHours(1));
        await busy;

        Assert.NotNull(Assert.Single(await next).Event);
    }

    [Fact]
    public async Task PLG03_Setup_RunsOnceBeforeTheFirstEventWithItsConfig()
    {
        await using var pipeline = new TestPipeline("let calls = 0\nexport function setupPlugin(meta) { calls++ }\nexport const processEvent = (event) => { event.properties.calls = calls; return event }");

        await pipeline.RunAsync("a");
        var fates = await pipeline.RunAsync("b");

        Assert.Equal(1, (int?)TestPipeline.Properties(fates[0])["calls"]);
        Assert.Equal(InstallState.Enabled, pipeline.Status(1).State);
    }

    [Fact]
    public async Task PLG03_Setup_ThatThrowsAtOnce_FailsThePluginAndEventsPassItBy()
    {
        await using var pipeline = new TestPipeline("export function setupPlugin() { throw new Error('no api key') }\nexport const processEvent = () => null", Marks);

        var fates = await pipeline.RunAsync("a");

        Assert.Equal(1, (int?)TestPipeline.Properties(fates[0])["marked"]);
        Assert.Equal((InstallState.Failed, "no api key"), (pipeline.Status(1).State, pipeline.Status(1).Error!.Message));
    }

    [Fact]
    public async Task PLG10_Setup_WithRetryError_IsTriedAgainLater()
    {
        var time = new ManualTime();
        await using var pipeline = new TestPipeline(
            time, new SupervisionOptions(), new WorkerLimits(),
            "let tries = 0\nexport function setupPlugin() { if (++tries < 3) throw new RetryError('not yet') }\n" + Marks);
        var first = time.TimerSetAsync(TimeSpan.FromSeconds(3));

        Assert.Null(TestPipeline.Properties((await pipeline.RunAsync("a"))[0])["marked"]);
        Assert.Equal(InstallState.Starting, pipeline.Status(1).State);
        await first;
        var second = time.TimerSetAsync(TimeSpan.FromSeconds(6));
        time.Advance(TimeSpan.FromSeconds(3));
        await second;
        time.Advance(TimeSpan.FromSeconds(6));
        await UntilAsync(pipeline.Status(1), InstallState.Enabled);

        Assert.Equal(1, (int?)TestPipeline.Properties((await pipeline.RunAsync("b"))[0])["marked"]);
    }

    [Fact]
    public async Task PLG16_Package_WithARefusedImport_IsIncompatibleAndTheOthersRun()
    {
        await using var pipeline = new TestPipeline("const pg = require('pg')\nexports.processEvent = () => null", Marks);

        var fates = await pipeline.RunAsync("a");

        Assert.Equal(1, (int?)TestPipeline.Properties(fates[0])["marked"]);
        Assert.Equal(InstallState.Incompatible, pipeline.Status(1).State);
        Assert.Contains("Cannot import 'pg'!", pipeline.Status(1).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG17_Event_ThatEndsTheProcess_IsFoundAndTheOthersGoOn()
    {
        await using var pipeline = new TestPipeline(Marks, Poisoned, Marks);

        var fates = await pipeline.RunAsync("a", "poison", "b");

        Assert.Equal(2, (int?)TestPipeline.Properties(fates[0])["marked"]);
        Assert.Equal("""["p1 (1)","p2 (2)","p3 (3)"]""", TestPipeline.Properties(fates[2])["$plugins_succeeded"]!.ToJsonString());
        Assert.Equal(2, fates[1].Dead!.Install);
        Assert.StartsWith("crashed_worker: Exited", fates[1].Dead!.Error, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], fates[2].Passed.Select(status => status.Install.Number));
    }

    [Fact]
    public async Task PLG17_Plugin_WithTooManyStrikes_IsSwitchedOffAndTriedOnceMoreLater()
    {
        var time = new ManualTime();
        await using var pipeline = new TestPipeline(
            time, new SupervisionOptions { Strikes = 2, Trip = TimeSpan.FromSeconds(300) }, new WorkerLimits { Call = TimeSpan.FromMilliseconds(200) },
            "export const processEvent = (event) => event.event === 'slow' ? new Promise(() => {}) : event", Marks);

        var fates = await pipeline.RunAsync("slow", "slow", "fine");

        Assert.Equal(InstallState.Tripped, pipeline.Status(1).State);
        Assert.All(fates, fate => Assert.Equal(1, (int?)TestPipeline.Properties(fate)["marked"]));
        Assert.Equal("""["p2 (2)"]""", TestPipeline.Properties((await pipeline.RunAsync("fine"))[0])["$plugins_succeeded"]!.ToJsonString());

        time.Advance(TimeSpan.FromSeconds(300));
        await UntilAsync(pipeline.Status(1), InstallState.Enabled);
        await pipeline.RunAsync("slow");
        Assert.Equal(InstallState.Tripped, pipeline.Status(1).State);
    }

    [Fact]
    public async Task PLG33_Tenant_WithoutEnabledPlugins_NeedsNoCell()
    {
        await using var pipeline = new TestPipeline();

        var fates = await pipeline.RunAsync("a");

        Assert.NotNull(fates[0].Event);
        Assert.False(pipeline.Keeper.HasWork);
    }

    [Fact]
    public async Task PLG46_Cell_WithoutWork_StopsAfterItsPluginsSaidGoodbyeAndStartsAgain()
    {
        var time = new ManualTime();
        await using var pipeline = new TestPipeline(
            time, new SupervisionOptions { Idle = TimeSpan.FromSeconds(600) }, new WorkerLimits(), "export const teardownPlugin = () => {}\n" + Marks);
        await pipeline.RunAsync("a");
        var cell = (await pipeline.Keeper.GetAsync()).Cell;

        time.Advance(TimeSpan.FromSeconds(601));
        time.Advance(TimeSpan.FromSeconds(601));
        var end = await cell.Ended.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(WorkerEnd.Stopped, end.End);
        Assert.Equal(1, (int?)TestPipeline.Properties((await pipeline.RunAsync("b"))[0])["marked"]);
        Assert.NotEqual(cell.Id, (await pipeline.Keeper.GetAsync()).Cell.Id);
    }

    [Fact]
    public async Task PLG40_Event_ThatGrowsTooLarge_IsADeadLetter()
    {
        await using var pipeline = new TestPipeline("export const processEvent = (event) => { event.properties.x = 'x'.repeat(20000); return event }");

        var fates = await pipeline.RunAsync("a");

        Assert.StartsWith("event_too_large", fates[0].Dead!.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG40_Event_WithHalfCharacters_IsRepaired()
    {
        await using var pipeline = new TestPipeline("export const processEvent = (event) => { event['\\ud800'] = 1; event.properties['x'] = 'a\\udc00'; return event }");

        var fates = await pipeline.RunAsync("a");

        Assert.Equal("a\ufffd", (string?)TestPipeline.Properties(fates[0])["x"]);
        Assert.True(System.Text.Json.Nodes.JsonNode.Parse(fates[0].Event!.Value.Span)!.AsObject().ContainsKey("\ufffd"));
    }

    [Fact]
    public async Task PLG13_Storage_OfAPlugin_KeepsItsOrderAndIsItsOwn()
    {
        const string Counter = """
            export async function processEvent(event, { storage, utils }) {
              storage.set('seen', { by: event.event })
              event.properties.seen = await storage.get('seen')
              event.properties.missing = await storage.get('missing', 'none')
              event.properties.undefined = typeof await storage.get('missing')
              await storage.del('seen')
              event.properties.gone = await storage.get('seen', null)
              await utils.cursor.init('n', 10)
              event.properties.n = await utils.cursor.increment('n', 2)
              await utils.cursor.init('n', 99)
              return event
            }
            """;
        await using var pipeline = new TestPipeline(Counter, Counter);

        var first = TestPipeline.Properties((await pipeline.RunAsync("a"))[0]);
        var second = TestPipeline.Properties((await pipeline.RunAsync("b"))[0]);

        Assert.Equal("""{"by":"a"}""", first["seen"]!.ToJsonString());
        Assert.Equal(("none", "undefined"), ((string?)first["missing"], (string?)first["undefined"]));
        Assert.Null(first["gone"]);
        // Two installs, so two counters: each went from 10 to 12 with the first event.
        Assert.Equal((12, 14), ((int?)first["n"], (int?)second["n"]));
    }

    [Theory]
    [InlineData("storage.set('k'.repeat(600), 1)", "a key of storage may have 512 bytes")]
    [InlineData("storage.set('k', 'x'.repeat(1048576))", "a value of storage may have 1048576 bytes")]
    [InlineData("utils.cursor.increment('k', 'x')", "a cursor is a number")]
    [InlineData("storage.set('text', 'x').then(() => utils.cursor.increment('text'))", "the value of 'text' is no number")]
    [InlineData("grip.publish('c', { 'http-stream': { action: 'dance' } })", "'http-stream' contains 'action' with unkn")]
    [InlineData("grip.publish([], 'x')", "publish takes 1 to 100 channels")]
    [InlineData("grip.publish('c', 'x', { delay_ms: 60001 })", "delay_ms may be 0 to 60000")]
    public async Task PLG13_Services_AskedForTooMuch_SayWhat(string call, string message)
    {
        await using var pipeline = new TestPipeline($"export const processEvent = async (event, {{ storage, utils }}) => {{ await {call}; return event }}");
        var running = await pipeline.Keeper.GetAsync();

        var result = Assert.Single(await running.Cell.ChainAsync([running.Chain[0].Copy], [TestPipeline.Event("a", 1).Body]));

        Assert.StartsWith(message, Assert.Single(result.Errors).Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG61_Publish_MoreOftenThanAllowed_IsRefusedByName()
    {
        var time = new ManualTime();
        await using var pipeline = new TestPipeline(
            time, new SupervisionOptions(), new WorkerLimits(),
            "export async function processEvent(event) { for (let i = 0; i < 1000; i++) await grip.publish('c', 'x'); await grip.publish('c', 'x') }");
        var running = await pipeline.Keeper.GetAsync();

        var result = Assert.Single(await running.Cell.ChainAsync([running.Chain[0].Copy], [TestPipeline.Event("a", 1).Body]));

        Assert.Equal("RateLimitError", Assert.Single(result.Errors).Error.Name);
    }

    [Fact]
    public async Task PLG04_Chain_OfSeveral_GoesByOrderThenNumber()
    {
        await using var pipeline = new TestPipeline(Marks, Marks, Marks);

        Assert.Equal("""["p1 (1)","p2 (2)","p3 (3)"]""", TestPipeline.Properties((await pipeline.RunAsync("a"))[0])["$plugins_succeeded"]!.ToJsonString());
    }

    // States change on other threads; there is nothing to wait for but the state itself.
    private static async Task UntilAsync(InstallStatus status, InstallState state)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (status.State != state)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
