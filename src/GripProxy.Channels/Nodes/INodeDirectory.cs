namespace GripProxy.Channels.Nodes;

/// <summary>The nodes of a cluster (CTL-13). A node that is alone has none. Thread-safe.</summary>
public interface INodeDirectory
{
    /// <summary>Says how this node describes itself, every few seconds from now on.</summary>
    void Describe(Func<NodeRecord> self);

    /// <summary>The other nodes that were seen lately, or null: they cannot be asked for now.</summary>
    ValueTask<IReadOnlyList<NodeRecord>?> ListOthersAsync();
}
