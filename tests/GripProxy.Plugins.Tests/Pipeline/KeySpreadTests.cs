using System.Globalization;
using GripProxy.Plugins.Pipeline;

namespace GripProxy.Plugins.Tests.Pipeline;

/// <summary>Which cell does the events of an id (plugins.md §5.6).</summary>
public sealed class KeySpreadTests
{
    private static readonly List<string> Keys = [.. Enumerable.Range(0, 20_000).Select(i => i.ToString("'user-'0", CultureInfo.InvariantCulture))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public void PLG44_Keys_AreSpreadEvenly(int replicas)
    {
        var counts = Keys.GroupBy(key => KeySpread.ReplicaOf(key, replicas)).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal(Enumerable.Range(0, replicas), counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 0.8 * Keys.Count / replicas, 1.2 * Keys.Count / replicas));
    }

    [Fact]
    public void PLG44_OneMoreCell_TakesItsPartOfEach_AndNothingElseMoves()
    {
        var moved = Keys.Where(key => KeySpread.ReplicaOf(key, 3) != KeySpread.ReplicaOf(key, 4)).ToList();

        Assert.All(moved, key => Assert.Equal(3, KeySpread.ReplicaOf(key, 4)));
        Assert.InRange(moved.Count, 0.2 * Keys.Count, 0.3 * Keys.Count);
    }
}
