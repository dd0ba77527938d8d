using GripProxy.Channels.Delivery;

namespace GripProxy.Channels.Tests.Delivery;

public sealed class DrainBatchTests
{
    [Fact]
    public void NextTimed_ManyDeliveries_TimesTheFirstAndFewOthers()
    {
        var batch = new DrainBatch(publishedAt: 5);
        var timed = Enumerable.Range(0, 1000).Where(_ => batch.NextTimed() == 5).Count();
        Assert.Equal(16, timed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1000)]
    public void Run_AnyNumberOfHolds_DrainsEachOnce(int count)
    {
        using var drained = new CountdownEvent(count);
        var outbounds = Enumerable.Range(0, count).Select(_ => new RecordingOutbound { Drained = drained }).ToArray();
        var batch = new DrainBatch();
        foreach (var outbound in outbounds)
            batch.Add(outbound);

        batch.Run();

        Assert.True(drained.Wait(TimeSpan.FromSeconds(30)));
        Assert.All(outbounds, static outbound => Assert.Equal(1, outbound.Drains));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    [InlineData(300)]
    public void Run_ManyHolds_AsksForTheMemoryOfEachBeforeItWrites(int count)
    {
        using var drained = new CountdownEvent(count);
        var outbounds = Enumerable.Range(0, count).Select(_ => new RecordingOutbound { Drained = drained }).ToArray();
        var batch = new DrainBatch();
        foreach (var outbound in outbounds)
            batch.Add(outbound);

        batch.Run();

        Assert.True(drained.Wait(TimeSpan.FromSeconds(30)));
        Assert.All(outbounds, static outbound => Assert.Equal(["prefetch 0", "prefetch 1", "drain"], outbound.Steps));
    }

    [Fact]
    public void Run_OneHold_WritesAtOnce()
    {
        var outbound = new RecordingOutbound();
        var batch = new DrainBatch();
        batch.Add(outbound);
        batch.Run();
        Assert.Equal(["drain"], outbound.Steps);
    }

    [Fact]
    public void Prefetch_BeyondTheEndOfAnObject_DoesNothing() => CacheLine.Prefetch(new Lock(), lines: 8);

    [Fact]
    public void NextTimed_NobodyWantsToKnow_IsNothing() => Assert.Equal(0, new DrainBatch().NextTimed());
}
