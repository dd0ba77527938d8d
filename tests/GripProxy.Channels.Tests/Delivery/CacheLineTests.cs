using GripProxy.Channels.Delivery;

namespace GripProxy.Channels.Tests.Delivery;

public sealed class CacheLineTests
{
    [Fact]
    public void Prefetch_BeyondTheEndOfAnObject_LeavesEverythingAsItIs()
    {
        var lines = new[] { 1, 2, 3 };
        CacheLine.Prefetch(lines, lines: 1000);
        Assert.Equal([1, 2, 3], lines);
    }
}
