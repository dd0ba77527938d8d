using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Pipeline;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Supervision;

/// <summary>Installs are switched and replaced while events go on (plugins.md §6).</summary>
public sealed class InstallSwitchTests
{
    private const string Marks = "export const processEvent = (event) => { event.properties.marked = (event.properties.marked ?? 0) + 1; return event }";

    [Fact]
    public async Task PLG30_Install_EnabledAndDisabled_InTheRunningCell()
    {
        var second = TestPipeline.Install(2, Marks);
        await using var pipeline = Pipeline(TestPipeline.Install(1, Marks), second with { Enabled = false });
        Assert.Equal(1, Marked(await pipeline.RunAsync("a")));
        var cell = pipeline.Keeper.Running!.Cell.Id;

        pipeline.Switch(pipeline.Tenant.Installs[0], second);
        // The event waits for the plugin that starts.
        Assert.Equal(2, Marked(await pipeline.RunAsync("b")));
        pipeline.Switch(pipeline.Tenant.Installs[0], second with { Enabled = false });
        Assert.Equal(1, Marked(await pipeline.RunAsync("c")));

        Assert.Equal(cell, pipeline.Keeper.Running!.Cell.Id);
        Assert.Equal((InstallState.Enabled, InstallState.Disabled), (pipeline.Status(1).State, pipeline.Status(2).State));
    }

    [Fact]
    public async Task PLG33_Plugin_WhoseExportsCannotBeHandedOver_SaysGoodbyeAllTheSame_AndItsProcessEnds()
    {
        await using var pipeline = Pipeline(TestPipeline.Install(1, """
            export const processEvent = (event) => event
            export const teardownPlugin = ({ storage }) => storage.set('bye', true)
            """));
        await pipeline.RunAsync("a");
        var cell = pipeline.Keeper.Running!.Cell;
        pipeline.Keeper.Leaving = static (_, _, _) => throw new InvalidOperationException("the store cannot be read");

        await pipeline.Keeper.RestartAsync();

        Assert.True(cell.Ended.IsCompleted);
        Assert.Equal("true", pipeline.Stored("p1", "bye"));
    }

    [Fact]
    public async Task PLG33_Install_DisabledDuringACall_FinishesItAndSaysGoodbyeAfterwards()
    {
        var install = TestPipeline.Install(1, """
            let calls = 0
            export async function processEvent(event, { storage }) {
              await storage.set('inside', true)
              while (!(await storage.get('go', false))) await new Promise((resolve) => setTimeout(resolve, 5))
              calls++
              return event
            }
            export const teardownPlugin = ({ storage }) => storage.set('bye', calls)
            """);
        await using var pipeline = Pipeline(install);
        var first = pipeline.RunAsync("a");
        await TestPipeline.UntilAsync(() => pipeline.Stored("p1", "inside") is not null);

        pipeline.Switch(install with { Enabled = false });
        var later = await pipeline.RunAsync("b");
        Assert.Empty(later[0].Passed);
        Assert.Null(pipeline.Stored("p1", "bye"));
        pipeline.Store("p1", "go", "true");

        Assert.Single((await first)[0].Passed);
        await TestPipeline.UntilAsync(() => pipeline.Stored("p1", "bye") == "1");
    }

    [Fact]
    public async Task PLG30_Install_TakenAway_IsGone()
    {
        await using var pipeline = Pipeline(TestPipeline.Install(1, Marks), TestPipeline.Install(2, "export const processEvent = () => null"));
        Assert.Null((await pipeline.RunAsync("a"))[0].Event);

        pipeline.Switch(pipeline.Tenant.Installs[0]);

        Assert.Equal(1, Marked(await pipeline.RunAsync("b")));
        Assert.Equal([1], pipeline.Keeper.Installs.Select(status => status.Install.Number));
    }

    [Fact]
    public async Task PLG04_Order_ChangedAtRunTime_HoldsFromTheNextBatch()
    {
        var first = TestPipeline.Install(1, Marks);
        await using var pipeline = Pipeline(first, TestPipeline.Install(2, Marks));
        await pipeline.RunAsync("a");

        pipeline.Switch(first with { Order = 7 }, pipeline.Tenant.Installs[1]);

        Assert.Equal("""["p2 (2)","p1 (1)"]""", TestPipeline.Properties((await pipeline.RunAsync("b"))[0])["$plugins_succeeded"]!.ToJsonString());
    }

    [Fact]
    public async Task PLG43_NewVersion_StandsBesideTheOldOneUntilItIsReady()
    {
        await using var pipeline = Pipeline(Version(1, setUp: ""));
        Assert.Equal("1", VersionOf(await pipeline.RunAsync("a")));

        pipeline.Switch(Version(2, setUp: "while (!(await storage.get('go', false))) await new Promise((resolve) => setTimeout(resolve, 5))"));
        Assert.Equal("1", VersionOf(await pipeline.RunAsync("b")));
        Assert.Equal(InstallState.Enabled, pipeline.Status(1).State);
        pipeline.Store("p1", "go", "true");
        await TestPipeline.UntilAsync(() => pipeline.Stored("p1", "bye") == "1");

        Assert.Equal("2", VersionOf(await pipeline.RunAsync("c")));
    }

    [Fact]
    public async Task PLG43_NewVersion_ThatDoesNotComeUp_LeavesTheOldOneInService()
    {
        await using var pipeline = Pipeline(Version(1, setUp: ""));
        await pipeline.RunAsync("a");

        pipeline.Switch(Version(2, setUp: "throw new Error('no licence')"));
        await pipeline.UntilAsync(1, InstallState.FailedUpdate);

        Assert.Equal("no licence", pipeline.Status(1).Error!.Message);
        Assert.Equal("1", VersionOf(await pipeline.RunAsync("b")));
        // Also in the next cell.
        await pipeline.Keeper.RestartAsync();
        Assert.Equal("1", VersionOf(await pipeline.RunAsync("c")));
        pipeline.Switch(Version(3, setUp: ""));
        await pipeline.UntilAsync(1, InstallState.Enabled);
        Assert.Equal("3", VersionOf(await pipeline.RunAsync("d")));
    }

    [Fact]
    public async Task PLG43_NewVersion_IsPendingUntilItServesOrFails()
    {
        await using var pipeline = Pipeline(Version(1, setUp: ""));
        await pipeline.RunAsync("a");
        Assert.False(pipeline.Status(1).IsPending);

        pipeline.Switch(Version(2, setUp: "while (!(await storage.get('go', false))) await new Promise((resolve) => setTimeout(resolve, 5))"));
        Assert.Equal((InstallState.Enabled, true), (pipeline.Status(1).State, pipeline.Status(1).IsPending));
        var settled = pipeline.Status(1).Settled;
        pipeline.Store("p1", "go", "true");
        await settled;
        Assert.Equal((InstallState.Enabled, false), (pipeline.Status(1).State, pipeline.Status(1).IsPending));
        Assert.Equal("2", VersionOf(await pipeline.RunAsync("b")));

        pipeline.Switch(Version(3, setUp: "throw new Error('no licence')"));
        await pipeline.Status(1).Settled;
        Assert.Equal((InstallState.FailedUpdate, false), (pipeline.Status(1).State, pipeline.Status(1).IsPending));
        pipeline.Switch(Version(4, setUp: ""));
        await pipeline.Status(1).Settled;
        Assert.Equal("4", VersionOf(await pipeline.RunAsync("c")));
    }

    [Fact]
    public async Task PLG43_NewVersion_ThatCannotBeCompiled_LeavesTheOldOneInService()
    {
        await using var pipeline = Pipeline(Version(1, setUp: ""));
        await pipeline.RunAsync("a");

        pipeline.Switch(TestPipeline.Install(1, "export const processEvent = ="));
        await pipeline.UntilAsync(1, InstallState.FailedUpdate);

        Assert.Equal("1", VersionOf(await pipeline.RunAsync("b")));
    }

    [Fact]
    public async Task PLG14_NewConfiguration_ReplacesTheCopy()
    {
        var install = TestPipeline.Install(1, "export const processEvent = (event, { config }) => { event.properties.version = config.word; return event }");
        await using var pipeline = Pipeline(install with { Config = new() { ["word"] = "one" } });
        Assert.Equal("one", VersionOf(await pipeline.RunAsync("a")));

        pipeline.Switch(install with { Config = new() { ["word"] = "two" } });
        await TestPipeline.UntilAsync(() => pipeline.Keeper.Running!.Copies.Any(copy => (string?)copy.Install.Config["word"] == "two"));

        Assert.Equal("two", VersionOf(await pipeline.RunAsync("b")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PLG30_Events_WaitForAStartingPluginForAWhileOnly(bool passes)
    {
        var time = new ManualTime();
        var slow = TestPipeline.Install(2, Marks + "\nexport const setupPlugin = () => new Promise(() => {})") with { PassOnStart = passes };
        await using var pipeline = new TestPipeline(time, new SupervisionOptions { Idle = TimeSpan.Zero }, new WorkerLimits(), TestPipeline.Install(1, Marks), slow with { Enabled = false });
        await pipeline.RunAsync("a");
        pipeline.Switch(pipeline.Tenant.Installs[0], slow);

        var waits = time.TimerSetAsync(TimeSpan.FromSeconds(5));
        var running = pipeline.RunAsync("b");
        if (!passes)
        {
            await waits;
            time.Advance(TimeSpan.FromSeconds(5));
        }

        var fate = (await running)[0];
        Assert.Equal(1, (int?)TestPipeline.Properties(fate)["marked"]);
        Assert.Equal([2], fate.Deferred.Select(status => status.Install.Number));
        // Later ones do not wait again.
        Assert.Equal(1, Marked(await pipeline.RunAsync("c")));
    }

    [Fact]
    public async Task PLG32_OneTimeStep_RunsBeforeTheFirstSetupAndWithAnUpgrade()
    {
        const string Source = """
            let steps = []
            export const installPlugin = () => { steps.push('install') }
            export const upgradePlugin = (meta, { from, to }) => { steps.push(`upgrade ${from} ${to} ${typeof meta.config}`) }
            export const setupPlugin = () => { steps.push('setup') }
            export const processEvent = (event) => { event.properties.version = steps.join(); return event }
            """;
        var install = TestPipeline.Install(1, Source);
        await using var pipeline = Pipeline(install, TestPipeline.Install(2, Source + "//") with { InstalledPackage = "0", InstalledVersion = "0.9" });
        var fates = await pipeline.RunAsync("a");

        Assert.StartsWith("upgrade 0.9 ", VersionOf(fates), StringComparison.Ordinal);
        Assert.EndsWith(" object,setup", VersionOf(fates), StringComparison.Ordinal);
        Assert.Equal([1, 2], pipeline.OneTimeSteps.Select(done => done.Number).Order());
        var hash = install.Package.Files.Hash;
        pipeline.Switch(install with { InstalledPackage = hash, InstalledVersion = "1" });
        await pipeline.Keeper.RestartAsync();
        Assert.Equal("setup", VersionOf(await pipeline.RunAsync("b")));
    }

    [Fact]
    public async Task PLG32_OneTimeStep_ThatFails_IsTriedAgainAsASetupIs()
    {
        var time = new ManualTime();
        await using var pipeline = new TestPipeline(
            time, new SupervisionOptions(), new WorkerLimits(), "let n = 0\nexport const installPlugin = () => { if (++n === 1) throw new RetryError('not yet') }\n" + Marks);
        var retry = time.TimerSetAsync(TimeSpan.FromSeconds(3));
        await pipeline.RunAsync("a");

        Assert.Equal((InstallState.Starting, 1, "not yet"), (pipeline.Status(1).State, pipeline.Status(1).Attempt, pipeline.Status(1).Error!.Message));
        Assert.Empty(pipeline.OneTimeSteps);
        await retry;
        time.Advance(TimeSpan.FromSeconds(3));
        await pipeline.UntilAsync(1, InstallState.Enabled);
        Assert.Single(pipeline.OneTimeSteps);
    }

    [Fact]
    public async Task PLG03_Setup_ThatWaitsForItsNextTry_EndsWhenItIsDisabled()
    {
        var time = new ManualTime();
        var install = TestPipeline.Install(1, "export const setupPlugin = () => { throw new RetryError('no') }\n" + Marks);
        await using var pipeline = new TestPipeline(time, new SupervisionOptions { Idle = TimeSpan.Zero }, new WorkerLimits(), install);
        await pipeline.RunAsync("a");

        pipeline.Switch(install with { Enabled = false });
        Assert.Equal(InstallState.Disabled, pipeline.Status(1).State);
        pipeline.Switch(TestPipeline.Install(1, Marks));
        var fates = await pipeline.RunAsync("b");

        Assert.Equal((InstallState.Enabled, null), (pipeline.Status(1).State, pipeline.Status(1).Error));
        Assert.Equal(1, Marked(fates));
    }

    // It said that the install had settled although what was wanted since had not begun: events passed it by, and one that was disabled ran again.
    [Theory]
    [InlineData("RetryError")]
    [InlineData("Error")]
    public async Task PLG03_Setup_ThatFailsWhenSomethingElseIsWanted_ChangesNothing(string error)
    {
        var install = TestPipeline.Install(1, $$"""
            export async function setupPlugin({ storage }) {
              await storage.set('begun', true)
              while (!(await storage.get('end', false))) await new Promise((resolve) => setTimeout(resolve, 1))
              throw new {{error}}('no')
            }
            """);
        await using var pipeline = Pipeline(install);
        var first = pipeline.RunAsync("a");
        await TestPipeline.UntilAsync(() => pipeline.Stored("p1", "begun") is not null);

        pipeline.Switch(install with { Enabled = false });
        await first;
        pipeline.Switch(TestPipeline.Install(1, Marks));
        var second = pipeline.RunAsync("b");
        pipeline.Store("p1", "end", "true");

        Assert.Equal(1, Marked(await second));
        Assert.Equal((InstallState.Enabled, null), (pipeline.Status(1).State, pipeline.Status(1).Error));
    }

    [Fact]
    public async Task PLG24_Install_NobodyApprovedOf_DoesNotRunUntilSomebodyDoes()
    {
        var install = TestPipeline.Install(1, Marks);
        await using var pipeline = Pipeline(install with { AwaitsApproval = true });

        Assert.Null(TestPipeline.Properties((await pipeline.RunAsync("a"))[0])["marked"]);
        Assert.Equal(InstallState.AwaitingApproval, pipeline.Status(1).State);
        pipeline.Switch(install);
        Assert.Equal(1, Marked(await pipeline.RunAsync("b")));
        pipeline.Switch(install with { AwaitsApproval = true });
        Assert.Null(TestPipeline.Properties((await pipeline.RunAsync("c"))[0])["marked"]);
    }

    [Fact]
    public async Task PLG03_Install_ThatFailed_IsTriedAgainByHand()
    {
        await using var pipeline = Pipeline(TestPipeline.Install(
            1, "export const setupPlugin = async ({ storage }) => { if (!(await storage.get('ok', false))) throw new Error('no') }\n" + Marks));
        // The plugin asked for something, so it would be tried again much later.
        pipeline.Store("p1", "ok", "false");
        await pipeline.RunAsync("a");
        pipeline.Store("p1", "ok", "true");

        pipeline.Keeper.Reset(pipeline.Status(1));

        await pipeline.UntilAsync(1, InstallState.Enabled);
        Assert.Equal(1, Marked(await pipeline.RunAsync("b")));
    }

    [Fact]
    public async Task PLG46_Cell_Replaced_LosesNoCallAndTellsItsPlugins()
    {
        await using var pipeline = Pipeline(Version(1, setUp: ""));
        await pipeline.RunAsync("a");
        var before = pipeline.Keeper.Running!.Cell;

        var replacing = pipeline.Keeper.RestartAsync();
        for (var i = 0; i < 20; i++)
            Assert.Equal("1", VersionOf(await pipeline.RunAsync("b")));
        await replacing.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(WorkerEnd.Stopped, (await before.Ended).End);
        Assert.NotEqual(before.Id, pipeline.Keeper.Running!.Cell.Id);
        Assert.Equal("1", pipeline.Stored("p1", "bye"));
    }

    private static TestPipeline Pipeline(params IReadOnlyList<Install> installs) =>
        new(TimeProvider.System, new SupervisionOptions { Idle = TimeSpan.Zero, StartWait = TimeSpan.FromMinutes(1) }, new WorkerLimits(), installs);

    private static Install Version(int version, string setUp) => TestPipeline.Install(1, $$"""
        export async function setupPlugin({ storage }) { {{setUp}} }
        export const teardownPlugin = ({ storage }) => storage.set('bye', {{version}})
        export const processEvent = (event) => { event.properties.version = '{{version}}'; return event }
        """);

    private static int? Marked(IReadOnlyList<EventFate> fates) => (int?)TestPipeline.Properties(fates[0])["marked"];

    private static string? VersionOf(IReadOnlyList<EventFate> fates) => (string?)TestPipeline.Properties(fates[0])["version"];
}
