using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tests.Pipeline;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Supervision;

/// <summary>How often a set-up is tried (plugins.md §6.5).</summary>
public sealed class SetupAttemptsTests
{
    [Fact]
    public async Task PLG03_Setup_ThatAlwaysAsks_IsTriedTenTimesWithGrowingDelays_ThenThePluginDoesNotRun()
    {
        var time = new ManualTime();
        await using var pipeline = new TestPipeline(
            time, new SupervisionOptions { Idle = TimeSpan.Zero }, new WorkerLimits(),
            "let tries = 0\nexport function setupPlugin() { throw new RetryError(`try ${++tries}`) }\nexport const processEvent = () => null");
        var next = time.TimerSetAsync(TimeSpan.FromSeconds(3));

        // What is not set up drops nothing.
        Assert.NotNull((await pipeline.RunAsync("a"))[0].Event);
        for (var seconds = 3; seconds <= 768; seconds *= 2)
        {
            await next;
            Assert.Equal(InstallState.Starting, pipeline.Status(1).State);
            next = seconds == 768 ? Task.CompletedTask : time.TimerSetAsync(TimeSpan.FromSeconds(seconds * 2));
            time.Advance(TimeSpan.FromSeconds(seconds));
        }

        await pipeline.UntilAsync(1, InstallState.Failed);
        Assert.Equal("try 10", pipeline.Status(1).Error!.Message); // What failed says why.
        Assert.NotNull((await pipeline.RunAsync("b"))[0].Event);
    }
}
