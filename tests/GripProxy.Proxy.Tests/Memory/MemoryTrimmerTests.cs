using GripProxy.Proxy.Memory;

namespace GripProxy.Proxy.Tests.Memory;

/// <summary>What is looked at before memory is given back.</summary>
public sealed class MemoryTrimmerTests
{
    [Fact]
    public void Committed_CountsWhatWasAllocatedSinceTheLastCollection()
    {
        GC.Collect();
        var before = MemoryTrimmer.Committed;

        // In pieces that a collection would move, and all of them kept.
        var pieces = Enumerable.Range(0, 64 * 1024).Select(static _ => new byte[1024]).ToArray();

        Assert.True(MemoryTrimmer.Committed - before > 32 << 20);
        GC.KeepAlive(pieces);
    }
}
