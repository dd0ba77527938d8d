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

    [Fact]
    public void Run_SeveralHolds_AsksForTheMemoryOfAllBeforeTheFirstWrites()
    {
        List<string> steps = [];
        var batch = new DrainBatch();
        batch.Add(new RecordingOutbound { ConnectionId = "a", Steps = steps });
        batch.Add(new RecordingOutbound { ConnectionId = "b", Steps = steps });
        batch.Run();
        Assert.Equal(["a: prefetch 0", "b: prefetch 0", "a: prefetch 1", "b: prefetch 1", "a: drain", "b: drain"], steps);
    }

    [Fact]
    public void Run_OneHold_AsksForNothingBefore()
    {
        List<string> steps = [];
        var batch = new DrainBatch();
        batch.Add(new RecordingOutbound { ConnectionId = "a", Steps = steps });
        batch.Run();
        Assert.Equal(["a: drain"], steps);
    }

    [Theory]
    [InlineData(17, 1, true)]
    [InlineData(128, 1, true)]
    [InlineData(129, 1, false)]
    [InlineData(9, 2, false)]
    [InlineData(8, 2, true)]
    public void Run_OneHoldForEachItem_ServesOneChunkItself(int items, int holdsOfEach, bool isServed)
    {
        using var drained = new CountdownEvent(items * holdsOfEach);
        using var served = new ThreadLocal<bool>();
        var batch = new DrainBatch();
        for (var item = 0; item < items; item++)
        {
            for (var hold = 0; hold < holdsOfEach; hold++)
                batch.Add(new RecordingOutbound { Drained = drained, OnDrain = () => served.Value = true });
            batch.EndItem();
            batch.EndItem(); // One that nobody gets.
        }

        batch.Run();

        Assert.Equal(isServed, served.Value);
        Assert.True(drained.Wait(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void NextTimed_NobodyWantsToKnow_IsNothing() => Assert.Equal(0, new DrainBatch().NextTimed());
}
