using GripProxy.Plugins.Redis.Leases;

namespace GripProxy.Plugins.Redis.Tests.Leases;

/// <summary>Partitions are spread evenly, and a node that joins or leaves moves at most its share (plugins.md §12.4).</summary>
public sealed class PartitionPlanTests
{
    [Fact]
    public void PLG44_Share_OfEachNode_IsEven_AndAChangeMovesAtMostOneOfN()
    {
        Dictionary<string, int> held = [];
        foreach (string node in (string[])["c", "a", "d", "b", "f", "e"])
        {
            int moved = Settle(held, [.. held.Keys, node]);
            Assert.True(held.Count == 1 || moved <= PartitionKeeper.Count / held.Count, $"{node} joined: {moved} moved");
            AssertEven(held);
        }

        foreach (string node in (string[])["a", "f", "c"])
        {
            int gone = held[node];
            held.Remove(node);
            Assert.Equal(gone, Settle(held, [.. held.Keys]));
            AssertEven(held);
        }
    }

    [Fact]
    public void Share_OfMoreNodesThanPartitions_IsOneOrNone()
    {
        string[] nodes = [.. Enumerable.Range(10, 20).Select(i => $"{i}")];
        string[] holders = [.. Enumerable.Repeat("", PartitionKeeper.Count)];

        Assert.Equal(PartitionKeeper.Count, nodes.Sum(node => PartitionPlan.ShareOf(node, nodes, holders)));
    }

    // What the nodes do: each lets go what is too much, then takes what is free. How many were let go or taken by a node that had none.
    private static int Settle(Dictionary<string, int> held, IReadOnlyList<string> nodes)
    {
        Dictionary<string, int> before = new(held);
        List<string> holders = [.. held.SelectMany(one => Enumerable.Repeat(one.Key, one.Value))];
        holders.AddRange(Enumerable.Repeat("", PartitionKeeper.Count - holders.Count));
        foreach (string node in nodes)
        {
            held[node] = PartitionPlan.ShareOf(node, nodes, holders);
        }

        return nodes.Sum(node => Math.Max(0, held[node] - before.GetValueOrDefault(node)));
    }

    private static void AssertEven(Dictionary<string, int> held)
    {
        Assert.Equal(PartitionKeeper.Count, held.Values.Sum());
        Assert.InRange(held.Values.Max() - held.Values.Min(), 0, 1);
    }
}
