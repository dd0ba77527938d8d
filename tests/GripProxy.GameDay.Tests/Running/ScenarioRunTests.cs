using GripProxy.GameDay.Figures;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Running;

namespace GripProxy.GameDay.Tests.Running;

/// <summary>What a scenario tells while it runs.</summary>
public sealed class ScenarioRunTests
{
    [Fact]
    public async Task PLG54_WhatItTells_IsReadByAnybodyWhileItsEndIsToldOf()
    {
        var run = new ScenarioRun(null!, [new ManySeconds()], null!); // Neither plan nor target is asked.

        var finished = Task.Run(run.FinishAsync);
        do
        {
            _ = run.Latest;
            _ = run.Timeline.Sum(static point => point.Sent);
        }
        while (!finished.IsCompleted);
        await finished;

        Assert.Null(run.Latest);
        Assert.Equal(Enumerable.Range(0, ManySeconds.Count), run.Timeline.Select(static point => point.Second));
    }

    private sealed class ManySeconds : IGenerator
    {
        public const int Count = 5000;

        public ScenarioPlan Plan => throw new NotSupportedException();

        public Task<LoadReading> ReadAsync(bool isLast) =>
            Task.FromResult(new LoadReading(new StepTally { Step = 1 }, [.. Enumerable.Range(0, Count).Select(static number => new Second { Number = number, Step = 1 })]));

        public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task BeginStepAsync(int step, double times) => Task.CompletedTask;

        public Task GoAsync(double rate, double seconds) => Task.CompletedTask;

        public Task SilenceAsync() => Task.CompletedTask;

        public Task SetHoldAsync(bool holds) => Task.CompletedTask;

        public Task ChangeAsync(LoadChange change) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
