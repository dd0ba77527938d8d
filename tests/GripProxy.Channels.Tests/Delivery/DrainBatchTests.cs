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

    [Fact]
    public void NextTimed_NobodyWantsToKnow_IsNothing() => Assert.Equal(0, new DrainBatch().NextTimed());
}
