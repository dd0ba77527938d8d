namespace GripProxy.Channels.Nodes;

/// <summary>The other nodes of a cluster. Immutable.</summary>
/// <param name="Nodes">The nodes.</param>
/// <param name="IsCurrent">False: who they are cannot be found out now, and these are those that were known last.</param>
public sealed record NodeListing(IReadOnlyList<NodeRecord> Nodes, bool IsCurrent);
