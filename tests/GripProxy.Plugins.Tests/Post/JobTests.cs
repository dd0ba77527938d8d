using System.Text;
using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Tests.Post;

/// <summary>Jobs are stored, run once when they are due, and wait for plugins that are off (plugins.md §9.2, §9.3).</summary>
public sealed class JobTests
{
    [Fact]
    public async Task PLG12_Job_IsRunWhenItIsDue_AlsoAfterARestart()
    {
        var calls = new FakeCalls().With(1, [], jobs: ["clean"]);
        await using var stage = new TestStage(calls);
        stage.Stage.Start();

        Assert.Null((await EnqueueAsync(stage, """{"name":"clean","payload":{"n":1},"in_ms":60000}""")).Error);
        Assert.Null((await EnqueueAsync(stage, $$"""{"name":"clean","payload":[2],"at_ms":{{stage.Time.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds()}}}""")).Error);
        Assert.Null((await EnqueueAsync(stage, """{"name":"clean","payload":null}""")).Error);

        Assert.Equal((1, "jobs.clean", "null"), await calls.CalledAsync());
        await stage.RestartAsync();
        stage.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(calls.HasMore);
        await stage.PassAsync(TimeSpan.FromSeconds(1), () => calls.HasMore);
        Assert.Equal((1, "jobs.clean", """{"n":1}"""), await calls.CalledAsync());
        stage.Time.Advance(TimeSpan.FromMinutes(57));
        Assert.False(calls.HasMore);
        await stage.PassAsync(TimeSpan.FromMinutes(2), () => calls.HasMore);
        Assert.Equal((1, "jobs.clean", "[2]"), await calls.CalledAsync());
        await stage.EmptyAsync();
    }

    [Fact]
    public async Task PLG12_Job_WithATooLargePayloadOrATimeTooFar_IsRefused()
    {
        await using var stage = new TestStage(new FakeCalls().With(1, []));

        var large = await EnqueueAsync(stage, $$"""{"name":"a","payload":"{{new string('x', 256 * 1024)}}"}""");
        Assert.Equal(("RangeError", "the payload of a job may have 256 KiB"), (large.Error!.Name, large.Error.Message));
        Assert.Equal("RangeError", (await EnqueueAsync(stage, """{"name":"a","payload":null,"in_ms":1e300}""")).Error!.Name);
        Assert.Equal("RangeError", (await EnqueueAsync(stage, """{"name":"a","payload":null,"at_ms":1e18}""")).Error!.Name);
        Assert.Equal(0, stage.Queue.Post.Count(1));
    }

    [Fact]
    public async Task PLG12_Job_ThatFails_IsDeadAtOnce_OneThatAsksIsTriedTenTimes()
    {
        var calls = new FakeCalls().With(1, [], jobs: ["a"]);
        calls.Answer = static (_, method, _) =>
            Task.FromResult<CallResult?>(method == "jobs.a" ? FakeCalls.Threw("RetryError", "later") : FakeCalls.Threw("IllegalOperationError", "jobs.b is not exported"));
        await using var stage = new TestStage(calls);
        stage.Stage.Start();
        await EnqueueAsync(stage, """{"name":"b","payload":7}""");
        await stage.EmptyAsync();
        var dead = Assert.Single(stage.Dead);
        Assert.Equal(("job", "b", "IllegalOperationError: jobs.b is not exported", 1), (dead.Stage, dead.Event, dead.Error, dead.Attempts));

        await EnqueueAsync(stage, """{"name":"a","payload":7}""");
        for (var attempt = 1; attempt < 10; attempt++)
        {
            var waiting = await stage.WaitingAsync(PostLine.Jobs, work => work.Attempts == attempt);
            await stage.PassAsync(waiting.Due - stage.Time.GetUtcNow(), () => stage.Queue.Post.Count(1) == 0 || stage.Queue.Post.List(1, null, PostLine.Jobs, 0, 1) is [{ } job] && job.Attempts > attempt);
        }

        await TestStage.UntilAsync(() => stage.Dead.Count == 2);
        Assert.Equal(10, stage.Dead[1].Attempts);
    }

    [Fact]
    public async Task PLG35_Jobs_OfAPluginThatIsOff_WaitForIt()
    {
        var calls = new FakeCalls().With(1, [], mayRun: false);
        await using var stage = new TestStage(calls);
        stage.Stage.Start();
        await EnqueueAsync(stage, """{"name":"clean","payload":1}""");
        stage.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, stage.Queue.Post.Count(1));
        Assert.False(calls.HasMore);

        calls.With(1, []);

        Assert.Equal((1, "jobs.clean", "1"), await calls.CalledAsync());
        await stage.EmptyAsync();
    }

    [Fact]
    public async Task PLG35_Jobs_OfAPluginThatIsOff_AreDroppedWhereTheOperatorSaysSo()
    {
        var calls = new FakeCalls().With(1, [], mayRun: false);
        await using var stage = new TestStage(calls, skipJobs: true);
        stage.Stage.Start();
        await EnqueueAsync(stage, """{"name":"later","payload":1,"in_ms":1000}""");
        await EnqueueAsync(stage, """{"name":"now","payload":1}""");

        Assert.Equal("jobs.later", (await stage.WaitingAsync(PostLine.Jobs, work => work.Method == "jobs.later")).Method);
        await TestStage.UntilAsync(() => stage.Queue.Post.Count(1) == 1);
        Assert.False(calls.HasMore);
    }

    [Fact]
    public async Task PLG12_Job_ThatWaits_IsListedAndDeleted()
    {
        await using var stage = new TestStage(new FakeCalls().With(1, []).With(2, []));
        var (_, id) = await stage.Jobs.AddAsync(1, "a", "1"u8.ToArray(), stage.Time.GetUtcNow().AddDays(1));
        await stage.Jobs.AddAsync(2, "b", "1"u8.ToArray(), stage.Time.GetUtcNow().AddDays(1));

        Assert.Equal(["jobs.a", "jobs.b"], (await stage.Jobs.ListAsync(null, 0, 10)).Select(job => job.Method));
        Assert.Equal(["jobs.b"], (await stage.Jobs.ListAsync(2, 0, 10)).Select(job => job.Method));
        Assert.True(await stage.Jobs.DeleteAsync(id));
        Assert.False(await stage.Jobs.DeleteAsync(id));
        Assert.Single(await stage.Jobs.ListAsync(null, 0, 10));
    }

    private static async Task<HostAnswer> EnqueueAsync(TestStage stage, string arguments)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(arguments));
        return await stage.Jobs.EnqueueAsync(stage.Calls.Plugins[0].Install, document.RootElement);
    }
}
