using GripProxy.Plugins.Capture;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tests.Pipeline;

namespace GripProxy.Plugins.Tests.Supervision;

/// <summary>A process for each plugin (plugins.md §5.1, isolation=plugin).</summary>
public sealed class CellSlotsTests
{
    private const string First = """
        export function processEvent(event) {
          globalThis.first = true
          if (event.event === 'drop') return null
          if (event.event === 'again') throw new RetryError('later')
          event.properties.first = 1
          return event
        }
        """;

    private const string Second = """
        let seen = 0
        export function processEvent(event) {
          if (event.event === 'end') Function('return Deno')().exit(3)
          event.properties.seen = ++seen
          event.properties.leak = globalThis.first === true
          return event
        }
        export const functions = { count: () => seen }
        """;

    [Fact]
    public async Task PLG40_PluginsWithAProcessEach_AreOneChain_AndShareNoMemory()
    {
        await using var pipeline = Pipeline(First, Second, "export const onEvent = () => {}");

        var fates = await pipeline.RunAsync("a", "drop", "again", "b");

        Assert.Equal((false, true, true, false), (fates[0].Event is null, fates[1].Event is null, fates[2].Event is null, fates[3].Event is null));
        Assert.Equal((1, "later"), (fates[2].RetryOf!.Install.Number, fates[2].RetryError!.Message));
        var properties = TestPipeline.Properties(fates[3]);
        // Only what went on came to the second one.
        Assert.Equal("""{"first":1,"$plugins_succeeded":["p1 (1)","p2 (2)"],"$plugins_failed":[],"seen":2,"leak":false}""", properties.ToJsonString());
        Assert.Equal([1, 2], fates[3].Passed.Select(status => status.Install.Number));
        Assert.Equal([3], fates[3].Deferred.Select(status => status.Install.Number));
        Assert.Equal(3, CellsOf(pipeline).Distinct().Count());
    }

    [Fact]
    public async Task PLG40_PluginWithAProcessOfItsOwn_ThatEndsIt_TakesNobodyWithIt()
    {
        await using var pipeline = Pipeline(First, Second);
        await pipeline.RunAsync("a");
        var before = CellsOf(pipeline);

        var fate = (await pipeline.RunAsync("end"))[0];

        Assert.StartsWith("crashed_worker", fate.Dead!.Error, StringComparison.Ordinal);
        Assert.Equal(2, fate.Dead.Install);
        var after = await pipeline.RunAsync("b");
        Assert.Equal("1", TestPipeline.Properties(after[0])["seen"]!.ToJsonString());
        Assert.Equal(before[0], CellsOf(pipeline)[0]);
        Assert.NotEqual(before[1], CellsOf(pipeline)[1]);
        Assert.Equal([0, 4], pipeline.Keeper.Slots.Select(slot => slot.Restarts));
    }

    [Fact]
    public async Task PLG30_PluginWithAProcessOfItsOwn_GivesItBackWhenItIsOff_AndHasAnotherOneAfterwards()
    {
        await using var pipeline = Pipeline(First, Second);
        var installs = pipeline.Tenant.Installs;
        await pipeline.RunAsync("a");
        var second = pipeline.Keeper.Slots[1].Running!.Cell;

        pipeline.Switch(installs[0], installs[1] with { Enabled = false });
        Assert.Equal(WorkerEnd.Stopped, (await second.Ended.WaitAsync(TimeSpan.FromMinutes(1))).End);
        Assert.Null(TestPipeline.Properties((await pipeline.RunAsync("b"))[0])["seen"]);

        pipeline.Switch(installs);
        await pipeline.UntilAsync(2, InstallState.Enabled);
        Assert.Equal("1", TestPipeline.Properties((await pipeline.RunAsync("c"))[0])["seen"]!.ToJsonString());
        Assert.NotEqual(second.Id, CellsOf(pipeline)[1]);
    }

    [Fact]
    public async Task PLG46_CallOfOnePlugin_StartsOnlyItsProcess()
    {
        await using var pipeline = Pipeline(First, Second);
        var calls = new KeptCalls(pipeline.Keeper, new EventParents());

        var result = await calls.CallAsync(2, "functions.count", default, "null"u8.ToArray());

        Assert.Null(result!.Error);
        Assert.Equal(["p2"], pipeline.Keeper.Slots.Where(slot => slot.Running is not null).Select(slot => slot.Only!.Install.Name));
    }

    [Theory]
    [InlineData("tenant", null)]
    [InlineData("plugin", null)]
    [InlineData("shared", null)]
    [InlineData("none", "[plugins] isolation is 'none': expected tenant, plugin or shared")]
    public void PLG40_Isolation_IsRead(string word, string? problem)
    {
        var settings = GripProxy.Protocol.Configuration.Settings.Parse($"[plugins]\nisolation={word}\n", "gripproxy.conf");

        var options = PluginsOptions.Read(settings);

        Assert.Equal(problem, settings.Problems.SingleOrDefault()?.Text);
        Assert.Equal(word is "plugin" ? CellIsolation.Plugin : word is "shared" ? CellIsolation.Shared : CellIsolation.Tenant, options.Supervision.Isolation);
        Assert.Equal(word == "shared", options.Supervision.IsForOneTenant);
    }

    private static TestPipeline Pipeline(params string[] sources) => new(
        TimeProvider.System, new SupervisionOptions { StartWait = TimeSpan.FromMinutes(1), Isolation = CellIsolation.Plugin, Strikes = 100 }, new WorkerLimits(), sources);

    private static List<int> CellsOf(TestPipeline pipeline) => [.. pipeline.Keeper.Slots.Select(slot => slot.Running!.Cell.Id)];
}
