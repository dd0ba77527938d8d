using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Post.Schedules;
using GripProxy.Plugins.Post.Webhooks;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Switches;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Post;

/// <summary>What plugins want done by the clock (plugins.md §9.1, §9.3). The clock is turned by the tests.</summary>
public sealed class SchedulerTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 5, 4, 10, 0, 30, TimeSpan.Zero));
    private readonly EgressClient _egress = new(new EgressOptions(), static () => [], TimeProvider.System);
    private readonly SqliteEventQueue _queue;
    private string _switched = "";

    public SchedulerTests() =>
        _queue = new SqliteEventQueue(_folder.File("events.db"), fullSync: false, new QueueLimits(), _time, NullLogger<SqliteEventQueue>.Instance);

    [Fact]
    public async Task PLG06_Functions_RunAtTheFullMinuteHourAndDay()
    {
        var calls = new FakeCalls().With(1, ["runEveryMinute", "runEveryHour", "runEveryDay"]);
        await using var scheduler = Scheduler(calls);
        scheduler.Start();

        Assert.Equal(
            [("runEveryMinute", At(10, 1)), ("runEveryHour", At(11, 0)), ("runEveryDay", At(24, 0))],
            scheduler.TasksOf(1).Select(task => (task.Name, task.Next!.Value)));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(calls.HasMore);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, "runEveryMinute", ""), await calls.CalledAsync());
        Assert.Equal(At(10, 2), scheduler.TasksOf(1)[0].Next);
    }

    [Fact]
    public async Task PLG56_PauseSchedules_TimesPassAndAreNotMadeUp()
    {
        var calls = new FakeCalls().With(1, ["runEveryMinute"]);
        await using var scheduler = Scheduler(calls);
        scheduler.Start();

        _switched = SwitchName.PauseSchedules;
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.False(calls.HasMore);
        _switched = "";
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((1, "runEveryMinute", ""), await calls.CalledAsync());
        Assert.False(calls.HasMore);
    }

    [Fact]
    public async Task PLG06_Functions_OfManyInstalls_AreSpreadOverAFifthOfThePeriodAndStayThere()
    {
        var calls = new FakeCalls();
        for (var i = 1; i <= 50; i++)
            calls.With(i, ["runEveryHour"]);
        await using var scheduler = Scheduler(calls, spread: true);
        scheduler.Start();
        await using var again = Scheduler(calls, spread: true);
        again.Start();

        // From the full hour: it is half a minute past it now.
        var minutes = Enumerable.Range(1, 50).Select(i => (scheduler.TasksOf(i)[0].Next!.Value - At(10, 0)).TotalMinutes % 60).ToList();

        Assert.All(minutes, minute => Assert.InRange(minute, 0, 12));
        Assert.True(minutes.Distinct().Count() > 30);
        Assert.Equal(Enumerable.Range(1, 50).Select(i => scheduler.TasksOf(i)[0].Next), Enumerable.Range(1, 50).Select(i => again.TasksOf(i)[0].Next));
    }

    [Fact]
    public async Task PLG06_Run_WhileTheLastOneGoesOn_IsSkippedAndCounted()
    {
        var slow = new TaskCompletionSource<CallResult?>();
        var calls = new FakeCalls().With(1, ["runEveryMinute"]).With(2, ["runEveryMinute"]);
        calls.Answer = (install, _, _) => install == 1 ? slow.Task : Task.FromResult<CallResult?>(FakeCalls.Nothing);
        await using var scheduler = Scheduler(calls);
        scheduler.Start();

        _time.Advance(TimeSpan.FromSeconds(30));
        var first = await InstallsAsync(calls, 2);
        _time.Advance(TimeSpan.FromMinutes(1));
        var second = await InstallsAsync(calls, 1);
        Assert.Equal([1, 2], first);
        Assert.Equal([2], second);
        Assert.Equal(1, scheduler.Skipped);

        slow.SetResult(FakeCalls.Nothing);
        await TestStage.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            return calls.HasMore && Drain(calls).Contains(1);
        });
    }

    [Fact]
    public async Task PLG19_Run_IsOneForEachTime_HoweverOftenThePluginsChangeMeanwhile()
    {
        var calls = new FakeCalls().With(1, ["runEveryMinute"]);
        await using var scheduler = Scheduler(calls);
        scheduler.Start();

        for (var minute = 0; minute < 3; minute++)
        {
            for (var i = 0; i < 60; i++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                calls.Change(1, install => install with { EventsToIgnore = [$"{i}"] });
            }

            Assert.Equal(1, Assert.Single(await InstallsAsync(calls, 1)));
            Assert.False(calls.HasMore);
        }

        Assert.Equal(0, scheduler.Skipped);
    }

    [Fact]
    public async Task PLG35_Schedules_OfAPluginThatIsOff_AreSkippedAndGoOnWhenItIsOn()
    {
        var calls = new FakeCalls().With(1, ["runEveryMinute"]);
        await using var scheduler = Scheduler(calls);
        scheduler.Start();
        calls.With(1, ["runEveryMinute"], mayRun: false);

        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(calls.HasMore);
        calls.With(1, ["runEveryMinute"]);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("runEveryMinute", (await calls.CalledAsync()).Method);
        Assert.False(calls.HasMore);
    }

    [Fact]
    public async Task PLG06_Run_ThatAsksForAnotherTry_IsRepeatedThreeTimesWithinItsPeriod()
    {
        var calls = new FakeCalls().With(1, ["runEveryMinute"]);
        calls.Answer = static (_, _, _) => Task.FromResult<CallResult?>(FakeCalls.Threw("RetryError", "later"));
        await using var scheduler = Scheduler(calls);
        scheduler.Start();
        _time.Advance(TimeSpan.FromSeconds(30));
        await calls.CalledAsync();

        foreach (var seconds in (int[])[3, 6, 12])
        {
            await _time.TimerSetAsync(TimeSpan.FromSeconds(seconds));
            Assert.False(calls.HasMore);
            _time.Advance(TimeSpan.FromSeconds(seconds));
            await calls.CalledAsync();
        }

        _time.Advance(TimeSpan.FromSeconds(38));
        Assert.False(calls.HasMore);
        _time.Advance(TimeSpan.FromSeconds(1));
        await calls.CalledAsync();
    }

    [Fact]
    public async Task PLG06_Day_ThatWasMissed_IsMadeUpOnce_OthersAreNot()
    {
        var calls = new FakeCalls().With(1, ["runEveryHour", "runEveryDay"]).With(2, ["runEveryDay"]);
        await _queue.Schedules.TakeAsync(1, 1, "runEveryDay", _time.GetUtcNow() - TimeSpan.FromHours(24.2));
        await _queue.Schedules.TakeAsync(1, 2, "runEveryDay", _time.GetUtcNow() - TimeSpan.FromHours(24));
        await using (var scheduler = Scheduler(calls))
        {
            scheduler.Start();
            _time.Advance(TimeSpan.FromMilliseconds(10));
            Assert.Equal((1, "runEveryDay", ""), await calls.CalledAsync());
            Assert.Equal(new DateTimeOffset(_time.GetUtcNow().Date, TimeSpan.Zero), await _queue.Schedules.LastRunAsync(1, 1, "runEveryDay"));
        }

        calls.Changed = static () => { };
        await using var again = Scheduler(calls);
        again.Start();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(calls.HasMore);
    }

    [Fact]
    public async Task PLG06_Schedule_WithACronExpression_RunsByIt_AndABadOneIsIgnored()
    {
        var calls = new FakeCalls().With(1, [], schedules: [("report", "*/5 * * * *"), ("bad", "every day")]);
        await using var scheduler = Scheduler(calls, spread: true);
        scheduler.Start();
        Assert.Equal([("report", At(10, 5))], scheduler.TasksOf(1).Select(task => (task.Name, task.Next!.Value)));

        _time.Advance(TimeSpan.FromMinutes(4.5));

        Assert.Equal("schedule.report", (await calls.CalledAsync()).Method);
    }

    [Fact]
    public async Task PLG06_Task_IsRunOnDemandAndGivesItsResult()
    {
        var calls = new FakeCalls().With(1, ["runEveryDay"], schedules: [("report", "0 0 1 1 *")]);
        calls.Answer = static (_, method, _) => Task.FromResult<CallResult?>(method == "runEveryDay" ? FakeCalls.Threw("Error", "no") : new CallResult("7"u8.ToArray(), null));
        await using var scheduler = Scheduler(calls);
        scheduler.Start();

        Assert.Equal("no", (await scheduler.RunNowAsync(1, "runEveryDay"))!.Error!.Message);
        Assert.Equal("7"u8.ToArray(), (await scheduler.RunNowAsync(1, "report"))!.Value.ToArray());
        Assert.Null(await scheduler.RunNowAsync(1, "unknown"));
    }

    [Fact]
    public async Task PLG06_Plugin_WhoseExportsAreNotKnown_IsLoadedIfItMentionsASchedule()
    {
        var calls = new FakeCalls().With(1, [], source: "export const processEvent = (event) => event", known: false);
        var loads = 0;
        calls.Load = () =>
        {
            loads++;
            calls.With(2, ["runEveryMinute"]);
            return Task.CompletedTask;
        };
        await using var scheduler = Scheduler(calls);
        scheduler.Start();
        Assert.Equal(0, loads);

        calls.With(2, [], source: "export async function runEveryMinute() {}", known: false);
        await TestStage.UntilAsync(() => scheduler.TasksOf(2).Count == 1);

        Assert.Equal(1, loads);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _queue.DisposeAsync();
        _egress.Dispose();
        _folder.Dispose();
    }

    private Scheduler Scheduler(FakeCalls calls, bool spread = false) => new(
        new PostParts
        {
            Tenant = new Tenant { Name = "acme", Number = 1, ChannelPrefix = "" },
            Queue = _queue.Post,
            Calls = calls,
            Webhooks = new WebhookSender(_egress, _time),
            IsOn = name => name == _switched,
            Time = _time,
            Random = new Random(1),
        },
        _queue.Schedules, spread, NullLogger<Scheduler>.Instance);

    private static DateTimeOffset At(int hour, int minute) => new DateTimeOffset(2026, 5, 4, 0, 0, 0, TimeSpan.Zero) + TimeSpan.FromMinutes((hour * 60) + minute);

    private static async Task<int[]> InstallsAsync(FakeCalls calls, int count)
    {
        List<int> installs = [];
        for (var i = 0; i < count; i++)
            installs.Add((await calls.CalledAsync()).Install);
        return [.. installs.Order()];
    }

    private static List<int> Drain(FakeCalls calls)
    {
        List<int> installs = [];
        while (calls.TryCalled(out var install))
            installs.Add(install);
        return installs;
    }
}
