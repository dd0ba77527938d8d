namespace GripProxy.Plugins.Redis.Leases;

/// <summary>
/// How many partitions each node is to have: as many as the others, or one more. Those that have most now get the one more, so that a node that joins or leaves moves
/// no more than its own share (plugins.md §12.4). All nodes come to the same result.
/// </summary>
internal static class PartitionPlan
{
    /// <summary>How many partitions a node is to have.</summary>
    /// <param name="node">The node.</param>
    /// <param name="nodes">All nodes that are there.</param>
    /// <param name="holders">The node that holds each partition, or an empty text.</param>
    public static int ShareOf(string node, IReadOnlyCollection<string> nodes, IReadOnlyList<string> holders)
    {
        var ordered = nodes.Append(node).Distinct(StringComparer.Ordinal)
            .OrderByDescending(one => holders.Count(holder => holder == one)).ThenBy(static one => one, StringComparer.Ordinal).ToList();
        return (holders.Count / ordered.Count) + (ordered.IndexOf(node) < holders.Count % ordered.Count ? 1 : 0);
    }
}
