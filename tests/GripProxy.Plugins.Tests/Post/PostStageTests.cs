using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Post;

/// <summary>What happens to events after they were published (plugins.md §7.5, §8.2).</summary>
public sealed class PostStageTests
{
    [Fact]
    public async Task PLG07_Event_GoesToEveryPluginThatWantsIt_AndAnErrorOfOneHurtsNoOther()
    {
        var calls = new FakeCalls().With(1, ["onEvent"]).With(2, ["onEvent", "onEventWithPostHogEvent"]).With(3, ["processEvent"]);
        calls.Answer = (install, _, _) => Task.FromResult<CallResult?>(install == 1 ? FakeCalls.Threw("TypeError", "no") : FakeCalls.Nothing);
        await using var stage = new TestStage(calls);
        stage.Stage.Start();

        await stage.PublishedAsync("signup");

        (int Install, string Method, string Argument)[] called = [await calls.CalledAsync(), await calls.CalledAsync(), await calls.CalledAsync()];
        Assert.Equal([(1, "onEvent"), (2, "onEvent"), (2, "onEventWithPostHogEvent")], called.Select(call => (call.Install, call.Method)).Order());
        Assert.Contains("\"event\":\"signup\"", called[0].Argument, StringComparison.Ordinal);
        await stage.EmptyAsync();
        Assert.Empty(stage.Dead);
    }

    [Fact]
    public async Task PLG07_Stage_ThatHasEnded_MayStillBeToldOfWork()
    {
        await using var stage = new TestStage(new FakeCalls().With(1, ["onEvent"]));
        stage.Stage.Start();
        var ended = stage.Stage;
        await stage.RestartAsync();

        ended.Look();
        ended.Wake();

        Assert.Equal(0, ended.InFlight);
    }

    [Fact]
    public async Task PLG07_Snapshots_GoToOnSnapshotAlone()
    {
        var calls = new FakeCalls().With(1, ["onEvent", "onSnapshot"]);
        await using var stage = new TestStage(calls);
        stage.Stage.Start();

        await stage.PublishedAsync("$snapshot");
        await stage.PublishedAsync("signup");

        Assert.Equal("onSnapshot", (await calls.CalledAsync()).Method);
        Assert.Equal("onEvent", (await calls.CalledAsync()).Method);
        await stage.EmptyAsync();
        Assert.False(calls.HasMore);
    }

    [Fact]
    public async Task PLG07_Calls_OfASlowPlugin_DelayNoOther()
    {
        var never = new TaskCompletionSource<CallResult?>();
        var calls = new FakeCalls().With(1, ["onEvent"]).With(2, ["onEvent"]);
        calls.Answer = (install, _, _) => install == 1 ? never.Task : Task.FromResult<CallResult?>(FakeCalls.Nothing);
        await using var stage = new TestStage(calls);
        stage.Stage.Start();

        for (var i = 0; i < 30; i++)
            await stage.PublishedAsync($"e{i}");

        // Ten of the slow one are under way, its others wait; all of the other one are done.
        await TestStage.UntilAsync(() => stage.Queue.Post.Count(1) == 30);
        never.SetResult(FakeCalls.Nothing);
        await stage.EmptyAsync();
    }

    [Fact]
    public async Task PLG20_Event_ThatWasCaptured_IsNoHigherThanItWas_AndNotSeenByItsOwnPluginWhereThatIsWanted()
    {
        var calls = new FakeCalls().With(1, ["onEvent"]).With(2, ["onEvent"]).With(3, ["onEvent"]);
        calls.Change(2, install => install with { SkipOwnCaptures = true });
        calls.Change(3, install => install with { EventsToIgnore = ["signup"] });
        await using var stage = new TestStage(calls);
        stage.Stage.Start();

        await stage.PublishedAsync("signup", depth: 4, capturedBy: 2);

        Assert.Equal(1, (await calls.CalledAsync()).Install);
        await stage.EmptyAsync();
        Assert.False(calls.HasMore);
        Assert.Equal([4], calls.Depths);
    }

    [Fact]
    public async Task PLG10_Call_ThatAsksForAnotherTry_IsTriedFiveTimesThenDead()
    {
        var calls = new FakeCalls().With(1, ["onEvent"]);
        calls.Answer = static (_, _, _) => Task.FromResult<CallResult?>(FakeCalls.Threw("RetryError", "busy"));
        await using var stage = new TestStage(calls);
        stage.Stage.Start();
        await stage.PublishedAsync("signup");

        double[] delays = [3, 6, 12, 24];
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            var waiting = await stage.WaitingAsync(PostLine.Events, work => work.Attempts == attempt);
            var delay = waiting.Due - stage.Time.GetUtcNow();
            Assert.InRange(delay.TotalSeconds, delays[attempt - 1] * 0.9 - 0.001, delays[attempt - 1] * 1.1);
            await calls.CalledAsync();
            await stage.PassAsync(delay, () => calls.HasMore);
        }

        await stage.EmptyAsync();
        var dead = Assert.Single(stage.Dead);
        Assert.Equal(("onEvent", 1, 5, "RetryError: busy", "signup"), (dead.Stage, dead.Install, dead.Attempts, dead.Error, dead.Event));
        Assert.Equal([(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)], calls.Turns);
        Assert.Contains("index.js:1:1", dead.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG11_Replay_OfADeadCall_CallsItAgainAndCountsWhenItFailsAgain()
    {
        var calls = new FakeCalls().With(1, ["onEvent"]);
        calls.Answer = static (_, _, _) => throw new WorkerEndedException(WorkerEnd.HeapFull, "full");
        await using var stage = new TestStage(calls);
        stage.Stage.Start();
        await stage.PublishedAsync("signup");
        await DieAsync(stage);
        var dead = Assert.Single(stage.Dead);
        Assert.Equal("crashed_worker: HeapFull: full", dead.Error);
        Assert.Equal([1], calls.Strikes);

        Assert.Equal(1, await stage.Queue.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: false, perSecond: 0));
        stage.Stage.Wake();
        await DieAsync(stage);

        Assert.Equal(1, Assert.Single(stage.Dead).Replayed);
    }

    [Fact]
    public async Task PLG07_Work_OfAPluginThatIsOff_WaitsForIt_AndOfOneThatIsGone_IsDead()
    {
        var calls = new FakeCalls().With(1, ["onEvent"]).With(2, ["onEvent"]);
        await using var stage = new TestStage(calls);
        await stage.PublishedAsync("signup");
        calls.With(1, ["onEvent"], mayRun: false);
        calls.Remove(2);
        stage.Stage.Start();

        await TestStage.UntilAsync(() => stage.Dead.Count == 1);
        Assert.Equal((2, "the plugin is not installed any more"), (stage.Dead[0].Install, stage.Dead[0].Error));
        Assert.Equal(1, stage.Queue.Post.Count(1));
        Assert.False(calls.HasMore);

        calls.With(1, ["onEvent"]);
        await stage.EmptyAsync();
        Assert.Equal(1, (await calls.CalledAsync()).Install);
    }

    [Theory]
    [InlineData("onEvent")]
    [InlineData("exportEvents")]
    public async Task PLG07_Work_OfAnInstallThatIsGone_WaitsWhileTheStoreCannotBeWritten(string method)
    {
        var calls = new FakeCalls().With(1, [method]);
        await using var stage = new TestStage(calls);
        await stage.PublishedAsync("signup");
        calls.Remove(1);
        using (new SealedTable(stage.File, "INSERT ON dead_letters"))
        {
            stage.Stage.Start();
            await stage.Log.HearAsync("PostBuried");
            // It is tried again in a second, not without end: the process can stop.
            await stage.Stage.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(1, stage.Queue.Post.Count(1));
        await stage.RestartAsync();
        await TestStage.UntilAsync(() => stage.Dead.Count == 1);
    }

    [Fact]
    public async Task PLG07_Work_OfAnInstallThatIsGone_IsBuriedOnceTheStoreCanBeWritten()
    {
        var calls = new FakeCalls().With(1, ["exportEvents"]);
        await using var stage = new TestStage(calls);
        await stage.PublishedAsync("signup");
        calls.Remove(1);
        using (new SealedTable(stage.File, "INSERT ON dead_letters"))
        {
            stage.Stage.Start();
            await stage.Log.HearAsync("PostBuried");
        }

        await stage.PassAsync(TimeSpan.FromSeconds(1), () => stage.Dead.Count == 1);
    }

    [Fact]
    public async Task PLG07_Work_UnderWayWhenTheProcessEnds_IsDoneAfterTheRestart()
    {
        var calls = new FakeCalls().With(1, ["onEvent"]);
        var never = new TaskCompletionSource<CallResult?>();
        calls.Answer = (_, _, _) => never.Task;
        await using var stage = new TestStage(calls);
        stage.Stage.Start();
        await stage.PublishedAsync("signup");
        await calls.CalledAsync();
        never.SetCanceled();
        calls.Answer = static (_, _, _) => Task.FromResult<CallResult?>(FakeCalls.Nothing);

        await stage.RestartAsync();

        Assert.Equal("onEvent", (await calls.CalledAsync()).Method);
        await stage.EmptyAsync();
    }

    // Four crashes: at once, at once, after 1 s, after 5 s.
    private static async Task DieAsync(TestStage stage)
    {
        await stage.Time.TimerSetAsync(TimeSpan.FromSeconds(1));
        var last = stage.Time.TimerSetAsync(TimeSpan.FromSeconds(5));
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        await last;
        stage.Time.Advance(TimeSpan.FromSeconds(5));
        await stage.EmptyAsync();
    }
}
