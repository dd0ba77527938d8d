using System.Diagnostics;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Pipeline;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Supervision;

/// <summary>Several real cells that share the events of a tenant (plugins.md §5.6).</summary>
public sealed class CellReplicasTests
{
    private const string Source = """
        let setUp = 0, seen = 0
        export const installPlugin = async ({ cache }) => { await cache.incr('installed') }
        export const setupPlugin = async ({ cache }) => { setUp = await cache.incr('set up') }
        export const teardownPlugin = async ({ cache }) => { await cache.incr('torn down') }
        export async function processEvent(event, { cache, config }) {
          if (event.event === 'end') Function('return Deno')().exit(3)
          event.properties = { cell: setUp, seen: ++seen, word: config.word ?? '', installed: await cache.get('installed', 0), down: await cache.get('torn down', 0) }
          return event
        }
        """;

    [Fact]
    public async Task PLG44_Replicas_AreProcessesOfTheirOwn_AndWhatIsDoneOnceIsDoneOnce()
    {
        await using var pipeline = Pipeline(2);

        var all = await Task.WhenAll(OneAsync(pipeline, 1, "a"), OneAsync(pipeline, 0, "b"), OneAsync(pipeline, 1, "c"));

        Assert.Equal([2, 1, 2], all.Select(one => (int)one["cell"]!));
        Assert.All(all, one => Assert.Equal(1, (int)one["installed"]!));
        Assert.Single(pipeline.OneTimeSteps);
        Assert.Equal([0, 1], pipeline.Keeper.Slots.Select(slot => slot.Replica));
        Assert.Equal(2, pipeline.Keeper.Slots.Select(slot => slot.Running!.Cell.Id).Distinct().Count());
    }

    [Fact]
    public async Task PLG44_Toggle_ReachesAllReplicas_AndIsToldOnce()
    {
        await using var pipeline = Pipeline(2);
        await OneAsync(pipeline, 1, "a");
        List<InstallState> told = [];
        pipeline.Keeper.StateChanged += status => told.Add(status.State);
        var install = pipeline.Tenant.Installs[0];

        pipeline.Switch(install with { Enabled = false });
        Assert.Empty(await Task.WhenAll(PassedAsync(pipeline, 0), PassedAsync(pipeline, 1)) is var passed ? passed.SelectMany(one => one) : []);
        pipeline.Switch(install);
        await pipeline.UntilAsync(1, InstallState.Enabled);

        Assert.All(pipeline.Keeper.Slots, slot => Assert.NotNull(slot.Running!.Find(pipeline.Status(1))));
        Assert.Equal([1, 1], (await Task.WhenAll(PassedAsync(pipeline, 0), PassedAsync(pipeline, 1))).SelectMany(one => one));
        Assert.Equal([InstallState.Disabled, InstallState.Starting, InstallState.Enabled], told);
    }

    [Fact]
    public async Task PLG43_Version_ServesOnceAllReplicasHaveIt()
    {
        await using var pipeline = Pipeline(3);
        await Task.WhenAll(OneAsync(pipeline, 1, "a"), OneAsync(pipeline, 2, "a"));
        var install = pipeline.Tenant.Installs[0];

        pipeline.Switch(install with { Config = new System.Text.Json.Nodes.JsonObject { ["word"] = "new" } });
        await pipeline.Status(1).Settled.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(InstallState.Enabled, pipeline.Status(1).State);
        var all = await Task.WhenAll(OneAsync(pipeline, 0, "b"), OneAsync(pipeline, 1, "b"), OneAsync(pipeline, 2, "b"));
        Assert.All(all, one => Assert.Equal("new", (string?)one["word"]));
    }

    [Fact]
    public async Task PLG44_ReplicaThatEnds_DisturbsNoOther_AndComesBack()
    {
        await using var pipeline = Pipeline(2);
        var before = await Task.WhenAll(OneAsync(pipeline, 0, "a"), OneAsync(pipeline, 1, "a"));
        using (var process = Process.GetProcessById(pipeline.Keeper.Slots[1].Running!.Cell.Id))
            process.Kill();

        var beside = await OneAsync(pipeline, 0, "b");
        var after = await OneAsync(pipeline, 1, "b");

        Assert.Equal((before[0]["cell"]!.ToJsonString(), "2"), (beside["cell"]!.ToJsonString(), beside["seen"]!.ToJsonString()));
        Assert.Equal(("3", "1"), (after["cell"]!.ToJsonString(), after["seen"]!.ToJsonString()));
        Assert.Equal(InstallState.Enabled, pipeline.Status(1).State);
        await RestartsAsync(pipeline, 1);
    }

    [Fact]
    public async Task PLG44_EventThatEndsItsReplica_IsADeadLetter_AndHurtsNoOther()
    {
        await using var pipeline = Pipeline(2);
        await Task.WhenAll(OneAsync(pipeline, 0, "a"), OneAsync(pipeline, 1, "a"));

        var fates = await RunAsync(pipeline, 1, "end");

        Assert.StartsWith("crashed_worker", fates[0].Dead!.Error, StringComparison.Ordinal);
        await RestartsAsync(pipeline, 4);
        Assert.Equal(2, (int)(await OneAsync(pipeline, 0, "b"))["seen"]!);
    }

    [Fact]
    public async Task PLG44_Scaler_AddsACellWhileEventsWait_AndTakesItBackWhenTheyDoNot()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch);
        var waiting = TimeSpan.FromSeconds(2);
        await using var pipeline = Pipeline(SupervisionOptions.AsLoadAsks);
        Assert.Equal(1, (int)(await OneAsync(pipeline, 1, "alone"))["cell"]!);
        await using var scaler = new ReplicaScaler(pipeline.Keeper, () => waiting, 2, time, NullLogger<ReplicaScaler>.Instance);

        for (var i = 0; i < 6; i++)
            time.Advance(ReplicaRule.Look);
        await TestPipeline.UntilAsync(() => pipeline.Keeper.Replicas == 2);
        var added = pipeline.Keeper.Slots[1].Running!.Cell;
        Assert.Equal(2, (int)(await OneAsync(pipeline, 1, "shared"))["cell"]!);
        var under = await pipeline.Keeper.EnterChainAsync(1);

        waiting = TimeSpan.Zero;
        await TestPipeline.UntilAsync(() =>
        {
            time.Advance(ReplicaRule.Look);
            return pipeline.Keeper.Replicas == 1;
        });

        // What it has it ends; what comes goes to the other one.
        Assert.Equal(1, (int)(await OneAsync(pipeline, 1, "alone again"))["cell"]!);
        Assert.False(added.Ended.IsCompleted);
        under.Dispose();
        Assert.Equal(WorkerEnd.Stopped, (await added.Ended.WaitAsync(TimeSpan.FromMinutes(1))).End);
        Assert.Equal(1, (int)(await OneAsync(pipeline, 0, "last"))["down"]!);
    }

    [Fact]
    public async Task PLG44_CellThatDoesNotComeUp_GetsNoEvents()
    {
        await using var pipeline = Pipeline(
            SupervisionOptions.AsLoadAsks, "export const setupPlugin = async ({ cache }) => { if (await cache.incr('set up') > 1) throw new Error('one is enough') }\n"
            + "export const processEvent = (event) => event");
        await RunAsync(pipeline, 0, "a");

        Assert.False(await pipeline.Keeper.ResizeAsync(2));

        Assert.Equal((1, 1), (pipeline.Keeper.Replicas, pipeline.Keeper.Slots.Count(slot => slot.Running is not null)));
        Assert.Equal([1], await PassedAsync(pipeline, 1));
    }

    [Theory]
    [InlineData("", 1, null)]
    [InlineData("worker_replicas=auto\nworker_max_replicas=5", 0, null)]
    [InlineData("worker_replicas=3", 3, null)]
    [InlineData("worker_replicas=many", 1, "[plugins] worker_replicas is 'many': expected auto or a number from 1")]
    [InlineData("worker_replicas=0", 1, "[plugins] worker_replicas is '0': expected auto or a number from 1")]
    [InlineData("worker_replicas=3\nworker_max_replicas=2", 3, "[plugins] worker_replicas is 3: expected at most worker_max_replicas, which is 2")]
    public void PLG44_Replicas_AreRead(string lines, int replicas, string? problem)
    {
        var settings = GripProxy.Protocol.Configuration.Settings.Parse($"[plugins]\n{lines}\n", "gripproxy.conf");

        var options = PluginsOptions.Read(settings).Supervision;

        Assert.Equal(problem, settings.Problems.SingleOrDefault()?.Text);
        Assert.Equal(replicas, options.Replicas);
        Assert.True(options.MostReplicas >= replicas || problem is not null);
    }

    private static TestPipeline Pipeline(int replicas, string source = Source) => new(
        TimeProvider.System, new SupervisionOptions { StartWait = TimeSpan.FromMinutes(1), Replicas = replicas, Strikes = 100 }, new WorkerLimits(), source);

    // They are counted a moment after the end.
    private static async Task RestartsAsync(TestPipeline pipeline, int ofTheSecond)
    {
        await TestPipeline.UntilAsync(() => pipeline.Keeper.Slots[1].Restarts == ofTheSecond);
        Assert.Equal(0, pipeline.Keeper.Slots[0].Restarts);
    }

    private static Task<IReadOnlyList<EventFate>> RunAsync(TestPipeline pipeline, int replica, string name) =>
        pipeline.Runner.RunAsync(replica, [TestPipeline.Event(name, 1)], CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));

    private static async Task<System.Text.Json.Nodes.JsonNode> OneAsync(TestPipeline pipeline, int replica, string name) =>
        TestPipeline.Properties((await RunAsync(pipeline, replica, name))[0]);

    private static async Task<IReadOnlyList<int>> PassedAsync(TestPipeline pipeline, int replica) =>
        [.. (await RunAsync(pipeline, replica, "passes"))[0].Passed.Select(status => status.Install.Number)];
}
