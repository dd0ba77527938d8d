namespace GripProxy.Redis.Partitions;

/// <summary>How a node finds a partition. Immutable.</summary>
/// <param name="Generation">Birth of its data and count of the servers that had it since, as <c>birth.count</c>.</param>
/// <param name="LastSeq">Last operation of this node that it knows.</param>
/// <param name="WasKnown">False: it knows nothing of this node, or nothing any more.</param>
internal sealed record Hello(string Generation, long LastSeq, bool WasKnown)
{
    /// <summary>The birth of a generation.</summary>
    public static string BirthOf(string generation) => generation.Split('.')[0];
}
