using GripProxy.Plugins.Routing;
using GripProxy.Plugins.Tests.Fixture;

namespace GripProxy.Plugins.Tests.Routing;

/// <summary>Numbers of a channel's items (plugins.md §7.4).</summary>
public sealed class ChannelNumbersTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void PLG60_Numbers_AfterAnOrderlyEnd_GoOnWhereTheyWere()
    {
        using (var numbers = new ChannelNumbers(_folder.File("channels.db")))
            Assert.Equal([1L, 2L, 1L, 3L], [numbers.Next("a"), numbers.Next("a"), numbers.Next("b"), numbers.Next("a")]);

        using var again = new ChannelNumbers(_folder.File("channels.db"));
        Assert.Equal([4L, 2L, 1L], [again.Next("a"), again.Next("b"), again.Next("c")]);
    }

    [Fact]
    public void PLG60_Numbers_AfterACrash_AreNeverGivenTwice()
    {
        // The first one is not ended, as after a crash.
        using var crashed = new ChannelNumbers(_folder.File("channels.db"));
        long last = 0;
        for (var i = 0; i < 2500; i++)
            last = crashed.Next("a");
        using var again = new ChannelNumbers(_folder.File("channels.db"));

        Assert.Equal(2500, last);
        Assert.InRange(again.Next("a"), last + 1, last + 1100);
    }

    [Fact]
    public void PLG60_Numbers_OfMoreChannelsThanAreInMemory_AreKept()
    {
        using var numbers = new ChannelNumbers(_folder.File("channels.db"));
        for (var i = 0; i < 10_050; i++)
            Assert.Equal(1, numbers.Next($"c{i}"));

        Assert.Equal(2, numbers.Next("c0"));
        Assert.Equal(2, numbers.Next("c10049"));
    }

    public void Dispose() => _folder.Dispose();
}
